-- Undoes an import.

-- The next run of the same feed that changed something on that day (UTC).
create or replace function private.next_run(run public.imports, day date) returns uuid
language sql stable
set search_path = ''
as $$
  select i.id
  from public.imports i
  where i.series = run.series
    and i.detail = run.detail
    and i.format = run.format
    and i.created_at > run.created_at
    and (
      exists (
        select from public.cost_records r
        where r.import_id = i.id
          and r.user_id = i.user_id
          and r.timestamp >= day::timestamp at time zone 'UTC'
          and r.timestamp < (day + 1)::timestamp at time zone 'UTC'
      )
      or exists (
        select from public.import_changes c
        where c.import_id = i.id
          and c.user_id = i.user_id
          and c.record_timestamp >= day::timestamp at time zone 'UTC'
          and c.record_timestamp < (day + 1)::timestamp at time zone 'UTC'
      )
    )
  order by i.created_at
  limit 1
$$;

-- Restores the records that an import updated, or those of other imports that it deleted. Returns their number.
create or replace function private.put_back(undone uuid, deleted_of text[] default null) returns bigint
language sql
set search_path = ''
as $$
  with back as (
    insert into public.cost_records
    select r.*
    from public.import_changes c
    cross join lateral jsonb_populate_record(null::public.cost_records, c.before) r
    where c.import_id = put_back.undone
      and c.before is not null
      and c.replaced = (deleted_of is not null)
      and (deleted_of is null or c.before ->> 'import_id' = any (deleted_of))
    on conflict do nothing
    returning 1
  )
  select count(*) from back
$$;

-- Undoes an import: deletes the records that it inserted, and restores those that it updated or replaced. Records that
-- a later import changed keep its values; undoing that one too restores what was there before both.
create or replace function public.undo_import(import_id text) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  undone public.imports := private.find_import(undo_import.import_id);
  origin record;
  removed bigint;
  updated bigint;
  restored bigint := 0;
  edits_lost bigint;
begin
  perform private.lock_imports();
  if undone.status = 'undone' then
    perform private.refuse(
      'import_undone',
      format('The import %s was undone already, on %s.', left(undone.id::text, 8), undone.undone_at::date),
      'Import the file again, or collect these days again, to get its records back: aicost sync --since DATE'
    );
  end if;

  -- From now on it names no account: see private.overlapping_series.
  update public.imports i set status = 'undone', undone_at = clock_timestamp() where i.id = undone.id;

  -- A record that it deleted and, after an interruption, added again counts as updated. (Without `is true` and
  -- statistics, this would be a nested loop.)
  update public.import_changes c
  set replaced = false
  where c.import_id = undone.id
    and c.replaced
    and (c.record_id, c.record_timestamp) in (
      select r.id, r.timestamp from public.cost_records r where r.import_id = undone.id
    ) is true;

  -- Later imports forget the records of this one that they found.
  update public.import_changes later
  set before = (
    select mine.before from public.import_changes mine
    where mine.import_id = undone.id
      and mine.record_id = later.record_id
      and mine.record_timestamp = later.record_timestamp
  )
  where later.import_id <> undone.id and later.before ->> 'import_id' = undone.id::text;
  delete from public.import_changes later where later.replaced and later.before is null;

  -- Updated records are restored only if they are still as this import left them.
  delete from public.import_changes c
  where c.import_id = undone.id
    and not c.replaced
    and (c.record_id, c.record_timestamp) not in (
      select r.id, r.timestamp from public.cost_records r where r.import_id = undone.id
    );
  select count(*) into edits_lost
  from public.cost_records r
  where r.import_id = undone.id and r.metadata ? 'edited_at';
  delete from public.cost_records r where r.import_id = undone.id;
  get diagnostics removed = row_count;
  updated := private.put_back(undone.id);

  -- If a later import added a deleted record again, that import now counts as having found it.
  with anew as materialized (
    select c.*, l.id as given_by
    from public.import_changes c
    cross join lateral (
      select i.id
      from (
        select r.import_id as id from public.cost_records r
        where r.id = c.record_id and r.timestamp = c.record_timestamp and r.user_id = c.user_id
        union all
        select (k.before ->> 'import_id')::uuid from public.import_changes k
        where k.record_id = c.record_id and k.record_timestamp = c.record_timestamp and k.user_id = c.user_id
      ) has
      join public.imports i using (id)
      where i.created_at > undone.created_at
      order by i.created_at
      limit 1
    ) l
    where c.import_id = undone.id and c.replaced
  ),
  handed_on as (
    insert into public.import_changes as known (import_id, user_id, record_id, record_timestamp, before)
    select a.given_by, a.user_id, a.record_id, a.record_timestamp, a.before from anew a
    on conflict (import_id, user_id, record_id, record_timestamp)
      do update set before = excluded.before where known.before is null
  )
  delete from public.import_changes c
  using anew a
  where c.import_id = undone.id and c.record_id = a.record_id and c.record_timestamp = a.record_timestamp;

  -- A deleted record waits for the undo of another import, if that is a later run of the same feed (which knows the day
  -- better), or another view of the day that counts now. Otherwise it comes back, the latest view first.
  for origin in
    select i.series, i.detail, i.format, array_agg(i.id::text) as imports
    from public.imports i
    where i.id in (
      select (c.before ->> 'import_id')::uuid from public.import_changes c where c.import_id = undone.id and c.replaced
    )
    group by i.series, i.detail, i.format
    order by max(i.created_at) desc
  loop
    with deleted as materialized (
      select c.*, (c.record_timestamp at time zone 'UTC')::date as day
      from public.import_changes c
      where c.import_id = undone.id and c.replaced and c.before ->> 'import_id' = any (origin.imports)
    ),
    claimed as materialized (
      select
        d.day,
        coalesce(
          case when (origin.series, origin.detail, origin.format) = (undone.series, undone.detail, undone.format) then
            private.next_run(undone, d.day)
          end,
          (select (v.record).import_id from private.other_views(array[d.day], origin.series, origin.detail) v limit 1)
        ) as claimed_by
      from (select distinct day from deleted) d
    ),
    waiting as materialized (
      select d.*, c.claimed_by from deleted d join claimed c on c.day = d.day and c.claimed_by is not null
    ),
    handed_on as (
      insert into public.import_changes (import_id, user_id, record_id, record_timestamp, replaced, before)
      select w.claimed_by, w.user_id, w.record_id, w.record_timestamp, true, w.before from waiting w
      on conflict do nothing
    )
    delete from public.import_changes c
    using waiting w
    where c.import_id = undone.id and c.record_id = w.record_id and c.record_timestamp = w.record_timestamp;
    restored := restored + private.put_back(undone.id, origin.imports);
  end loop;

  delete from public.import_changes c where c.import_id = undone.id;
  return jsonb_build_object(
    'id', undone.id, 'removed', removed - updated, 'restored', updated + restored, 'edits_lost', edits_lost
  );
end
$$;

revoke all on function private.next_run, private.put_back from public;
grant execute on function private.next_run, private.put_back to authenticated, service_role;
revoke all on function public.undo_import from public, anon;
grant execute on function public.undo_import to authenticated, service_role;
