-- Collecting from providers' APIs: what each feed of a stored key has given so far, and days that it gives whole.

-- What refers to a credential belongs to the same user.
create unique index if not exists api_credentials_id_user_key on public.api_credentials (id, user_id);

create table if not exists public.sync_states (
  credential_id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  feed varchar(100) not null,
  complete_through date,
  memory jsonb,
  synced_at timestamptz not null default clock_timestamp(),
  primary key (credential_id, user_id, feed),
  foreign key (credential_id, user_id) references public.api_credentials (id, user_id) on delete cascade
);
comment on table public.sync_states is 'How far each feed of a credential was collected.';
comment on column public.sync_states.complete_through is 'The last UTC date that was over when it was collected.';
comment on column public.sync_states.memory is 'What the feed itself needs to know next time, such as a balance.';

create index if not exists sync_states_user_idx on public.sync_states (user_id);

alter table public.sync_states enable row level security;

drop policy if exists "Users see how far their feeds are" on public.sync_states;
create policy "Users see how far their feeds are" on public.sync_states
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users begin their own feeds" on public.sync_states;
create policy "Users begin their own feeds" on public.sync_states
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users go on with their own feeds" on public.sync_states;
create policy "Users go on with their own feeds" on public.sync_states
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users forget their own feeds" on public.sync_states;
create policy "Users forget their own feeds" on public.sync_states
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke all on public.sync_states from anon, authenticated;
grant select, insert, update, delete on public.sync_states to authenticated, service_role;

create or replace function public.save_sync_state(
  credential_id uuid, feed text, complete_through date, memory jsonb default null
) returns void
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
begin
  if not exists (select from public.api_credentials c where c.id = save_sync_state.credential_id) then
    perform private.refuse('credential_gone', 'This key is not stored any more.', 'See them with: aicost credentials');
  end if;
  insert into public.sync_states as s (credential_id, user_id, feed, complete_through, memory)
  values (save_sync_state.credential_id, me, feed, complete_through, memory)
  on conflict on constraint sync_states_pkey do update set
    complete_through = greatest(s.complete_through, excluded.complete_through),
    memory = excluded.memory,
    synced_at = clock_timestamp();
end
$$;

-- The series that show the same money as this one. Where a source does not say whose money it shows (`openai/cost`), it
-- is that of the only account that others name (`openai/cost org-1`); with several accounts nobody can tell.
create or replace function private.overlapping_series(series text) returns text[]
language sql stable
set search_path = ''
as $$
  with known as (
    select i.series
    from public.imports i
    where split_part(i.series, ' ', 1) = split_part(overlapping_series.series, ' ', 1) and i.status <> 'undone'
    union
    select overlapping_series.series
  )
  select case
    when count(*) filter (where k.series like '% %') <= 1 then array_agg(k.series)
    else array[overlapping_series.series]
  end
  from known k
$$;

-- Records on those days (UTC) that look at the same money in another series or detail: another view of it.
create or replace function private.other_views(days date[], series text, detail int, except_import uuid default null)
returns table (day date, record public.cost_records, detail int)
language sql stable
set search_path = ''
as $$
  select (r.timestamp at time zone 'UTC')::date, r, (select i.detail from public.imports i where i.id = r.import_id)
  from public.cost_records r
  -- The imports are looked up once: without statistics, a join would look at every record for each of them.
  where r.import_id = any (array(
      select o.id from public.imports o
      where o.series = any ((select private.overlapping_series(other_views.series))::text[])
        and (o.series <> other_views.series or o.detail <> other_views.detail)
        and o.id is distinct from except_import
    ))
    and r.timestamp >= (select min(d) from unnest(days) d)::timestamp at time zone 'UTC'
    and r.timestamp < ((select max(d) from unnest(days) d) + 1)::timestamp at time zone 'UTC'
    and (r.timestamp at time zone 'UTC')::date = any (days)
$$;

-- What the same feed has given for those days (UTC).
create or replace function private.own_view(head public.imports, days date[])
returns table (day date, record public.cost_records)
language sql stable
set search_path = ''
as $$
  select (r.timestamp at time zone 'UTC')::date, r
  from public.cost_records r
  where r.import_id = any (array(
      select i.id from public.imports i
      where i.series = head.series and i.detail = head.detail and i.format = head.format
    ))
    and r.timestamp >= (select min(d) from unnest(days) d)::timestamp at time zone 'UTC'
    and r.timestamp < ((select max(d) from unnest(days) d) + 1)::timestamp at time zone 'UTC'
    and (r.timestamp at time zone 'UTC')::date = any (days)
$$;

-- What the same feed has for each of those days (UTC): a day with another number is a day with other records.
create or replace function private.day_marks(head public.imports, days date[]) returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(m.day, m.mark), '{}')
  from (
    select v.day, sum(hash_record_extended(v.record, 0)) as mark from private.own_view(head, days) v group by v.day
  ) m
$$;

-- Deletes what the feed gave for those days and does not give any more, and keeps it for an undo. What was edited by
-- hand stays. Answers how many records.
create or replace function private.retire_records(head public.imports, days date[], given jsonb) returns bigint
language sql
set search_path = ''
as $$
  with gone as (
    -- The rows of private.own_view.
    delete from public.cost_records r
    where r.import_id = any (array(
        select i.id from public.imports i
        where i.series = head.series and i.detail = head.detail and i.format = head.format
      ))
      and r.timestamp >= (select min(d) from unnest(days) d)::timestamp at time zone 'UTC'
      and r.timestamp < ((select max(d) from unnest(days) d) + 1)::timestamp at time zone 'UTC'
      and (r.timestamp at time zone 'UTC')::date = any (days)
      and (r.id, r.timestamp) not in (
        select g.id, g.timestamp from jsonb_to_recordset(given) as g (id uuid, "timestamp" timestamptz)
      )
      and not r.metadata ? 'edited_at'
    returning r.*
  ),
  logged as (
    insert into public.import_changes (import_id, user_id, record_id, record_timestamp, replaced, before)
    select head.id, g.user_id, g.id, g.timestamp, true, to_jsonb(g) from gone g
    -- An import that was cut short and is gone on with had changed this record before.
    on conflict (import_id, user_id, record_id, record_timestamp) do update set replaced = true
  )
  select count(*) from gone
$$;

-- Takes in one batch. `import.whole_days` are UTC dates that the batch holds whole: what the same feed gave for them
-- before, and this batch does not hold, goes. The counts then say how many records that were (`retired`), and how many
-- days that were there before are different now (`restated_days`).
create or replace function private.ingest(import jsonb, records jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  head public.imports := jsonb_populate_record(null::public.imports, import);
  whole_days date[] := array(select d::date from jsonb_array_elements_text(coalesce(import -> 'whole_days', '[]')) d);
  days date[];
  marks jsonb;
  new_marks jsonb;
  covered date[] := '{}';
  edited date[] := '{}';
  replaced bigint := 0;
  retired bigint := 0;
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
  if exists (
    select from public.imports i
    where i.series = any ((select private.overlapping_series(head.series))::text[])
      and (i.series <> head.series or i.detail <> head.detail)
  ) then
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
  if import ? 'whole_days' then
    marks := private.day_marks(head, whole_days);
    retired := private.retire_records(head, whole_days, records);
  end if;
  counts := private.upsert_records(head.id, records, covered);
  -- An import that was cut short and is gone on with: what it had made itself was not there before it.
  delete from public.import_changes c where c.import_id = head.id and c.before ->> 'import_id' = head.id::text;
  counts := counts || jsonb_build_object(
    'replaced', replaced,
    'covered', (counts ->> 'covered')::bigint - kept_edits,
    'kept_edits', (counts ->> 'kept_edits')::bigint + kept_edits
  );
  if import ? 'whole_days' then
    new_marks := private.day_marks(head, whole_days);
    counts := counts || jsonb_build_object(
      'retired', retired,
      'restated_days', (select count(*) from jsonb_each(marks) m where new_marks -> m.key is distinct from m.value)
    );
  end if;

  update public.imports i set
    inserted = i.inserted + (counts ->> 'inserted')::bigint,
    updated = i.updated + (counts ->> 'updated')::bigint,
    unchanged = i.unchanged + (counts ->> 'unchanged')::bigint,
    covered = i.covered + (counts ->> 'covered')::bigint,
    kept_edits = i.kept_edits + (counts ->> 'kept_edits')::bigint,
    replaced = i.replaced + (counts ->> 'replaced')::bigint + retired
  where i.id = head.id;
  return counts;
end
$$;

-- The next run of the same feed that has changed something on that day (UTC).
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

-- Puts back what an import updated or, of the records of these other imports, what it deleted. Answers how many.
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
      'Import the file again, or collect these days again, to have its records back: aicost sync --since DATE'
    );
  end if;

  -- From now on it names no account: see private.overlapping_series.
  update public.imports i set status = 'undone', undone_at = clock_timestamp() where i.id = undone.id;

  -- What it deleted and then gave anew, being gone on with, it changed. (Without `is true`, and statistics, this would
  -- be a nested loop.)
  update public.import_changes c
  set replaced = false
  where c.import_id = undone.id
    and c.replaced
    and (c.record_id, c.record_timestamp) in (
      select r.id, r.timestamp from public.cost_records r where r.import_id = undone.id
    ) is true;

  -- Later imports forget this one: what they found was made by it.
  update public.import_changes later
  set before = (
    select mine.before from public.import_changes mine
    where mine.import_id = undone.id
      and mine.record_id = later.record_id
      and mine.record_timestamp = later.record_timestamp
  )
  where later.import_id <> undone.id and later.before ->> 'import_id' = undone.id::text;
  delete from public.import_changes later where later.replaced and later.before is null;

  -- What was updated is put back only where it still is as this import left it.
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

  -- What was deleted, and a later import has given anew: that one found it there, now.
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

  -- What was deleted waits for the undo of another import, where that is a later run of the same feed, which says how
  -- the day is without it, or where that is another view of the day, which counts by now. Else it comes back, the
  -- latest view first.
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

revoke all on function
  private.overlapping_series, private.own_view, private.day_marks, private.retire_records, private.next_run,
  private.put_back
  from public;
grant execute on function
  private.overlapping_series, private.own_view, private.day_marks, private.retire_records, private.next_run,
  private.put_back
  to authenticated, service_role;
revoke all on function public.save_sync_state from public, anon;
grant execute on function public.save_sync_state to authenticated, service_role;
