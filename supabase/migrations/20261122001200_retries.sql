-- A batch that is sent again, because the answer to the first try was lost on the way, counts once.

alter table public.imports add column if not exists batches jsonb not null default '[]';
comment on column public.imports.batches is 'Key and counts of the latest batches, newest first.';

-- Takes in one batch of records, atomically: new ones are inserted, known ones updated where they differ. With
-- dry_run it does the same and rolls it back, so the answer is exact. A batch whose key, import.batch, is among the
-- latest ones was taken in already: it changes nothing, and has the answer of the first time. One that comes so late that
-- its import was undone is refused: nobody could take its records back any more.
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
    -- These are seen only now, under the lock that ingesting takes: the first try, or an undo, may have been under way.
    perform private.refuse(
      'import_undone',
      format('The import %s was undone meanwhile.', left(i.id::text, 8)),
      'Import the file again to have its records back.'
    )
    from public.imports i
    where i.id = (import ->> 'id')::uuid and i.status = 'undone';
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
