-- If several exports or feeds describe the same money, one of them counts on each day and replaces the others.

-- The series that show the same money as this one. If a source does not name its account (`openai/cost`), it belongs to
-- the only account that others name (`openai/cost org-1`); with several accounts this is unknown.
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

-- Records of those days (UTC) that show the same money in another series or detail: another view of it.
create or replace function private.other_views(days date[], series text, detail int, except_import uuid default null)
returns table (day date, record public.cost_records, detail int)
language sql stable
set search_path = ''
as $$
  select (r.timestamp at time zone 'UTC')::date, r, (select i.detail from public.imports i where i.id = r.import_id)
  from public.cost_records r
  -- Looks the imports up once: without statistics, a join would scan all records for each of them.
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

-- Of two views of the same day, the more complete one counts: the other is partial or older. If they are equal (within
-- half a percent, because some exports round), the more detailed one counts. A view that was edited by hand always
-- stays. Returns, for each day with another view, whether the import's own view counts.
create or replace function private.compare_views(head public.imports, days date[], day_totals jsonb, measure text)
returns table (day date, counts boolean, is_edited boolean)
language sql stable
set search_path = ''
as $$
  with views as (
    select
      v.day, v.detail, bool_or((v.record).metadata ? 'edited_at') as is_edited,
      sum(case when measure = 'tokens_used' then coalesce((v.record).tokens_used, 0) else (v.record).cost_usd end) as total
    from private.other_views(days, head.series, head.detail) v
    group by v.day, v.detail
  ),
  compared as (
    select
      v.day, v.is_edited, v.total, head.detail > v.detail as is_finer,
      coalesce((day_totals ->> v.day::text)::numeric, v.total) as own_total,
      abs(v.total) * 0.005 as slack
    from views v
  )
  select
    c.day,
    bool_and(
      not c.is_edited
      and case when c.is_finer then c.own_total >= c.total - c.slack else c.own_total > c.total + c.slack end
    ),
    bool_or(c.is_edited)
  from compared c
  group by c.day
$$;

-- Deletes the other views of those days, and keeps them for an undo. Returns the number of records.
create or replace function private.replace_views(head public.imports, days date[]) returns bigint
language sql
set search_path = ''
as $$
  with gone as (
    delete from public.cost_records r
    using private.other_views(days, head.series, head.detail) v
    where r.id = (v.record).id and r.timestamp = (v.record).timestamp and r.user_id = (v.record).user_id
    returning r.*
  ),
  logged as (
    insert into public.import_changes (import_id, user_id, record_id, record_timestamp, replaced, before)
    select head.id, g.user_id, g.id, g.timestamp, true, to_jsonb(g) from gone g
    on conflict do nothing
  )
  select count(*) from gone
$$;

-- The records of the same feed on those days (UTC).
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

-- A number for each of those days (UTC) of the same feed, which differs if the records differ.
create or replace function private.day_marks(head public.imports, days date[]) returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(m.day, m.mark), '{}')
  from (
    select v.day, sum(hash_record_extended(v.record, 0)) as mark from private.own_view(head, days) v group by v.day
  ) m
$$;

-- Deletes records of those days that the feed no longer has, and keeps them for an undo. Records edited by hand stay.
-- Returns the number of deleted records.
create or replace function private.retire_records(head public.imports, days date[], given jsonb) returns bigint
language sql
set search_path = ''
as $$
  with gone as (
    delete from public.cost_records r
    using private.own_view(head, days) v
    -- Says nothing new, but leaves out partitions.
    where r.timestamp >= (select min(d) from unnest(days) d)::timestamp at time zone 'UTC'
      and r.timestamp < ((select max(d) from unnest(days) d) + 1)::timestamp at time zone 'UTC'
      and r.id = (v.record).id and r.timestamp = (v.record).timestamp and r.user_id = (v.record).user_id
      and (r.id, r.timestamp) not in (
        select g.id, g.timestamp from jsonb_to_recordset(given) as g (id uuid, "timestamp" timestamptz)
      )
      and not r.metadata ? 'edited_at'
    returning r.*
  ),
  logged as (
    insert into public.import_changes (import_id, user_id, record_id, record_timestamp, replaced, before)
    select head.id, g.user_id, g.id, g.timestamp, true, to_jsonb(g) from gone g
    -- An interrupted import that continues may have changed this record before.
    on conflict (import_id, user_id, record_id, record_timestamp) do update set replaced = true
  )
  select count(*) from gone
$$;

revoke all on function
  private.overlapping_series, private.other_views, private.compare_views, private.replace_views, private.own_view,
  private.day_marks, private.retire_records
  from public;
grant execute on function
  private.overlapping_series, private.other_views, private.compare_views, private.replace_views, private.own_view,
  private.day_marks, private.retire_records
  to authenticated, service_role;
