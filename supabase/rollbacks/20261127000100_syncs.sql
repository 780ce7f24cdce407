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

-- Takes one import back whole: what it inserted goes, what it updated or replaced is put back as it was before.
-- Records that a later import has changed since keep that import's values; undoing it later then leads to what was
-- there before both.
create or replace function public.undo_import(import_id text) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  undone public.imports := private.find_import(undo_import.import_id);
  removed bigint;
  restored bigint;
  edits_lost bigint;
begin
  perform private.lock_imports();
  if undone.status = 'undone' then
    perform private.refuse(
      'import_undone',
      format('The import %s was undone already, on %s.', left(undone.id::text, 8), undone.undone_at::date),
      'Import the file again to have its records back.'
    );
  end if;

  -- Later imports forget this one: what they found was made by it.
  update public.import_changes later
  set before = (
    select mine.before from public.import_changes mine
    where mine.import_id = undone.id
      and mine.record_id = later.record_id
      and mine.record_timestamp = later.record_timestamp
      and not mine.replaced
  )
  where later.import_id <> undone.id and later.before ->> 'import_id' = undone.id::text;
  delete from public.import_changes later where later.replaced and later.before is null;

  -- What was updated is put back only where it still is as this import left it.
  delete from public.import_changes c
  where c.import_id = undone.id
    and not c.replaced
    and not exists (
      select from public.cost_records r
      where r.id = c.record_id and r.timestamp = c.record_timestamp and r.import_id = undone.id
    );
  -- What was replaced waits, where yet another view of its day counts by now, for the undo of that one.
  with waiting as (
    select c.*, (
      select (v.record).import_id
      from private.other_views(
        array[(c.record_timestamp at time zone 'UTC')::date], b.series, b.detail, except_import => undone.id
      ) v
      limit 1
    ) as covered_by
    from public.import_changes c
    join public.imports b on b.id = (c.before ->> 'import_id')::uuid
    where c.import_id = undone.id and c.replaced
  ),
  handed_on as (
    insert into public.import_changes (import_id, user_id, record_id, record_timestamp, replaced, before)
    select w.covered_by, w.user_id, w.record_id, w.record_timestamp, true, w.before
    from waiting w
    where w.covered_by is not null
    on conflict do nothing
  )
  delete from public.import_changes c
  using waiting w
  where c.import_id = undone.id and c.record_id = w.record_id and c.record_timestamp = w.record_timestamp
    and w.covered_by is not null;

  select count(*) into edits_lost
  from public.cost_records r
  where r.import_id = undone.id and r.metadata ? 'edited_at';
  delete from public.cost_records r where r.import_id = undone.id;
  get diagnostics removed = row_count;
  insert into public.cost_records
  select r.*
  from public.import_changes c
  cross join lateral jsonb_populate_record(null::public.cost_records, c.before) r
  where c.import_id = undone.id and c.before is not null
  on conflict do nothing;
  get diagnostics restored = row_count;
  removed := removed - (
    select count(*) from public.import_changes c
    where c.import_id = undone.id and c.before is not null and not c.replaced
  );

  delete from public.import_changes c where c.import_id = undone.id;
  update public.imports i set status = 'undone', undone_at = clock_timestamp() where i.id = undone.id;
  return jsonb_build_object('id', undone.id, 'removed', removed, 'restored', restored, 'edits_lost', edits_lost);
end
$$;

drop function if exists
  public.save_sync_state, private.overlapping_series, private.own_view, private.day_marks, private.retire_records,
  private.next_run, private.put_back;
drop table if exists public.sync_states;
drop index if exists public.api_credentials_id_user_key;
