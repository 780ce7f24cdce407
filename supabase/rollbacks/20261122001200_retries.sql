-- Undoes 20261122001200_retries: a batch that is sent again counts again. No record is lost.

create or replace function public.ingest_cost_records(import jsonb, records jsonb, dry_run boolean default false)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  counts jsonb;
begin
  if dry_run is not true then
    return private.ingest(import, records);
  end if;
  begin
    counts := private.ingest(import, records);
    raise exception using errcode = 'ACDRY';
  exception when sqlstate 'ACDRY' then
    return counts;
  end;
end
$$;

alter table public.imports drop column if exists batches;
