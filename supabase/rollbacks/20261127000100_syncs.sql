-- Undoes 20261127000100_syncs: how far each feed was collected is lost; the next sync starts anew. No record is lost.

-- Records of the same series on those days (UTC) that look at them in another detail: another view of the same money.
create or replace function private.other_views(days date[], series text, detail int, except_import uuid default null)
returns table (day date, record public.cost_records, detail int)
language sql stable
set search_path = ''
as $$
  select (r.timestamp at time zone 'UTC')::date, r, i.detail
  from public.imports i
  join public.cost_records r on r.import_id = i.id
  where i.series = other_views.series
    and i.detail <> other_views.detail
    and i.id is distinct from except_import
    and r.timestamp >= (select min(d) from unnest(days) d)::timestamp at time zone 'UTC'
    and r.timestamp < ((select max(d) from unnest(days) d) + 1)::timestamp at time zone 'UTC'
    and (r.timestamp at time zone 'UTC')::date = any (days)
$$;

create or replace function private.ingest(import jsonb, records jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  head public.imports := jsonb_populate_record(null::public.imports, import);
  days date[];
  covered date[] := '{}';
  edited date[] := '{}';
  replaced bigint := 0;
  kept_edits bigint := 0;
  counts jsonb;
begin
  -- Partitions first: attaching one locks what its foreign keys refer to, `imports` too, and must not wait for a row
  -- that another import has locked there while it waits for this one.
  days := array(
    select distinct ((r ->> 'timestamp')::timestamptz at time zone 'UTC')::date from jsonb_array_elements(records) r
  );
  perform private.add_month(month) from (select distinct date_trunc('month', d)::date as month from unnest(days) d) months;
  perform private.lock_imports();

  insert into public.imports (id, user_id, source_name, format, reading, series, detail, sha256)
  values (
    head.id, private.require_user(), head.source_name, head.format, coalesce(head.reading, ''), head.series,
    coalesce(head.detail, 0), head.sha256
  )
  on conflict (id) do nothing;

  -- Looking at the imports first spares most of them a look at the records.
  if exists (select from public.imports i where i.series = head.series and i.detail <> head.detail) then
    select
      coalesce(array_agg(v.day) filter (where not v.counts), '{}'),
      coalesce(array_agg(v.day) filter (where v.is_edited), '{}')
    into covered, edited
    from private.compare_views(head, days, import -> 'day_totals', import ->> 'measure') v;
    replaced := private.replace_views(head, array(select d from unnest(days) d where d <> all (covered)));
    kept_edits := (
      select count(*) from jsonb_array_elements(records) r
      where ((r ->> 'timestamp')::timestamptz at time zone 'UTC')::date = any (edited)
    );
  end if;
  counts := private.upsert_records(head.id, records, covered);
  counts := counts || jsonb_build_object(
    'replaced', replaced,
    'covered', (counts ->> 'covered')::bigint - kept_edits,
    'kept_edits', (counts ->> 'kept_edits')::bigint + kept_edits
  );

  update public.imports i set
    inserted = i.inserted + (counts ->> 'inserted')::bigint,
    updated = i.updated + (counts ->> 'updated')::bigint,
    unchanged = i.unchanged + (counts ->> 'unchanged')::bigint,
    covered = i.covered + (counts ->> 'covered')::bigint,
    kept_edits = i.kept_edits + (counts ->> 'kept_edits')::bigint,
    replaced = i.replaced + (counts ->> 'replaced')::bigint
  where i.id = head.id;
  return counts;
end
$$;

drop function if exists
  public.save_sync_state, private.overlapping_series, private.own_view, private.retire_records, private.days_changed_by;
drop table if exists public.sync_states;
drop index if exists public.api_credentials_id_user_key;
