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
language sql
set search_path = ''
as $$
  insert into public.sync_states as s (credential_id, user_id, feed, complete_through, memory)
  values (save_sync_state.credential_id, private.require_user(), feed, complete_through, memory)
  on conflict on constraint sync_states_pkey do update set
    complete_through = greatest(s.complete_through, excluded.complete_through),
    memory = excluded.memory,
    synced_at = clock_timestamp()
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
  select (r.timestamp at time zone 'UTC')::date, r, i.detail
  from public.imports i
  join public.cost_records r on r.import_id = i.id
  where i.series = any ((select private.overlapping_series(other_views.series))::text[])
    and (i.series <> other_views.series or i.detail <> other_views.detail)
    and i.id is distinct from except_import
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
  from public.imports i
  join public.cost_records r on r.import_id = i.id
  where i.series = head.series
    and i.detail = head.detail
    and i.format = head.format
    and r.timestamp >= (select min(d) from unnest(days) d)::timestamp at time zone 'UTC'
    and r.timestamp < ((select max(d) from unnest(days) d) + 1)::timestamp at time zone 'UTC'
    and (r.timestamp at time zone 'UTC')::date = any (days)
$$;

-- Deletes what the feed gave for those days and does not give any more, and keeps it for an undo. What was edited by
-- hand stays. Answers how many records.
create or replace function private.retire_records(head public.imports, days date[], given uuid[]) returns bigint
language sql
set search_path = ''
as $$
  with gone as (
    delete from public.cost_records r
    using private.own_view(head, days) v
    where r.id = (v.record).id and r.timestamp = (v.record).timestamp and r.user_id = (v.record).user_id
      and r.id <> all (given)
      and not r.metadata ? 'edited_at'
    returning r.*
  ),
  logged as (
    insert into public.import_changes (import_id, user_id, record_id, record_timestamp, replaced, before)
    select head.id, g.user_id, g.id, g.timestamp, true, to_jsonb(g) from gone g
    -- An import that was cut short and is gone on with: what it gave itself was not there before it.
    where g.import_id <> head.id
    on conflict do nothing
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
  held date[];
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
    where i.series = any (private.overlapping_series(head.series))
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
  held := array(select distinct v.day from private.own_view(head, whole_days) v);
  retired := private.retire_records(
    head, held, array(select (r ->> 'id')::uuid from jsonb_array_elements(records) r)
  );
  counts := private.upsert_records(head.id, records, covered);
  counts := counts || jsonb_build_object(
    'replaced', replaced,
    'covered', (counts ->> 'covered')::bigint - kept_edits,
    'kept_edits', (counts ->> 'kept_edits')::bigint + kept_edits
  );
  if import ? 'whole_days' then
    counts := counts || jsonb_build_object(
      'retired', retired, 'restated_days', private.days_changed_by(head.id, held)
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

-- On how many of those days (UTC) an import wrote or deleted something.
create or replace function private.days_changed_by(import_id uuid, days date[]) returns bigint
language sql stable
set search_path = ''
as $$
  select count(distinct (w.timestamp at time zone 'UTC')::date)
  from (
    select r.timestamp from public.cost_records r where r.import_id = days_changed_by.import_id
    union all
    select c.record_timestamp from public.import_changes c where c.import_id = days_changed_by.import_id
  ) w
  where (w.timestamp at time zone 'UTC')::date = any (days)
$$;

revoke all on function
  private.overlapping_series, private.own_view, private.retire_records, private.days_changed_by
  from public;
grant execute on function
  private.overlapping_series, private.own_view, private.retire_records, private.days_changed_by
  to authenticated, service_role;
revoke all on function public.save_sync_state from public, anon;
grant execute on function public.save_sync_state to authenticated, service_role;
