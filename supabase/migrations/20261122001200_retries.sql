-- A batch that is sent again, because the answer to the first try was lost on the way, counts once.

alter table public.imports add column if not exists batches jsonb not null default '[]';
comment on column public.imports.batches is 'Key and counts of the latest batches, newest first.';

-- Takes in one batch of records, atomically: new ones are inserted, known ones updated where they differ. With
-- dry_run it does the same and rolls it back, so the answer is exact. A batch whose key, import.batch, is among the
-- latest ones was taken in already: it changes nothing, and has the answer of the first time.
create or replace function public.ingest_cost_records(import jsonb, records jsonb, dry_run boolean default false)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  counts jsonb;
begin
  begin
    counts := private.ingest(import, records);
    -- Seen only now, under the lock that ingesting takes: the first try may have been under way still.
    update public.imports i
    set batches = jsonb_path_query_array(
      jsonb_build_array(jsonb_build_object('key', import -> 'batch', 'counts', counts)) || i.batches, '$[0 to 15]'
    )
    where i.id = (import ->> 'id')::uuid
      and (import ->> 'batch' is null or not i.batches @> jsonb_build_array(jsonb_build_object('key', import -> 'batch')));
    if dry_run or not found then
      raise exception using errcode = 'ACDRY';
    end if;
  exception when sqlstate 'ACDRY' then
    null;
  end;
  return coalesce(
    (
      select b -> 'counts' from public.imports i, jsonb_array_elements(i.batches) b
      where i.id = (import ->> 'id')::uuid and b -> 'key' = import -> 'batch' and dry_run is not true
    ),
    counts
  );
end
$$;
