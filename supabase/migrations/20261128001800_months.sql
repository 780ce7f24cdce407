-- Moves old months into archives. These functions read and change the records of all users, so only the owner of the
-- database may call them.

create or replace function private.month_start(first_day date) returns timestamptz
language sql immutable
set search_path = ''
as $$
  select first_day::timestamp at time zone 'UTC'
$$;

create or replace function private.month_end(first_day date) returns timestamptz
language sql immutable
set search_path = ''
as $$
  select (first_day + interval '1 month') at time zone 'UTC'
$$;

-- The content of a month (UTC) for each user: its records, and how many rows of sheets (`sheet_rows`) and records that belong
-- to no import (`own_records`) an archive of it holds, with their sum. `mark` changes with any of them. `later` counts
-- events that are in the next month in the user's time zone.
create or replace function private.month_contents(first_day date) returns jsonb
language sql stable
set search_path = ''
as $$
  with records as (
    select
      r.user_id, count(*) as records, sum(r.cost_usd) as cost_usd, sum(hash_record_extended(r, 0)) as mark,
      count(*) filter (where r.sheet_id is null) as own_records,
      sum(r.cost_usd) filter (where r.sheet_id is null) as own_usd,
      count(*) filter (
        where r.granularity not in ('day', 'month')
          and (r.timestamp at time zone coalesce(p.timezone, 'UTC'))::date >= first_day + interval '1 month'
      ) as later
    from public.cost_records r
    left join public.user_preferences p on p.user_id = r.user_id
    where r.timestamp >= private.month_start(first_day) and r.timestamp < private.month_end(first_day)
    group by r.user_id
  ),
  sheets as (
    select
      s.user_id, sum(hash_record_extended(s, 0) + a.imports) as mark, sum(r.rows) as rows, sum(r.usd) as usd, sum(r.mark) as row_mark
    from public.sheets s
    cross join lateral (
      select count(*) as rows, coalesce(sum(x.cost_usd), 0) as usd, coalesce(sum(x.mark), 0) as mark
      from (
        select r.cost_usd, 0 as mark
        from public.cost_records r
        where r.user_id = s.user_id and r.sheet_id = s.id and (s.account is not null or s.counts_for is null)
          and not r.metadata ? 'edited_at'
          and r.timestamp >= private.month_start(first_day) and r.timestamp < private.month_end(first_day)
        union all
        select l.cost_usd, hash_record_extended(l, 0) from public.layer_rows l where l.user_id = s.user_id and l.sheet_id = s.id
      ) x
    ) r
    cross join lateral (
      select coalesce(sum(hash_record_extended(a, 0)), 0) as imports
      from public.attestations a
      where a.user_id = s.user_id and a.sheet_id = s.id
    ) a
    where s.day >= first_day and s.day < first_day + interval '1 month'
    group by s.user_id
  )
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'user_id', user_id,
        'records', coalesce(r.records, 0),
        'cost_usd', trim_scale(coalesce(r.cost_usd, 0))::text,
        'sheet_rows', coalesce(s.rows, 0),
        'own_records', coalesce(r.own_records, 0),
        'archived_usd', trim_scale(coalesce(s.usd, 0) + coalesce(r.own_usd, 0))::text,
        'later', coalesce(r.later, 0),
        'mark', concat_ws(' ', coalesce(r.mark, 0), coalesce(s.mark, 0), coalesce(s.row_mark, 0))
      )
      order by user_id
    ),
    '[]'
  )
  from records r
  full join sheets s using (user_id)
$$;

-- As `export_rows`, but only of one month (UTC).
create or replace function private.export_month(first_day date, kind text, after text, max_rows int) returns json
language sql
set search_path = ''
as $$
  select private.export_page(kind, after, max_rows, first_day)
$$;

-- Removes a month (UTC) from the database if its content is still as archived: `archived` is the answer of
-- `private.month_contents`. Returns `dropped`, or, without changing anything, `changed` or `busy`.
create or replace function private.drop_month(first_day date, archived jsonb) returns text
language plpgsql
set search_path = ''
as $$
declare
  partition text := 'cost_records_' || to_char(first_day, 'YYYY_MM');
  held bigint;
begin
  -- Takes all locks of the drop at once and without waiting: waiting for one while holding another can end in a deadlock,
  -- and a queued lock of this kind blocks all readers behind it.
  execute format(
    'lock table only public.cost_records, public.%I, public.imports, public.sheets, public.attestations, public.layer_rows, public.providers in access exclusive mode nowait',
    partition
  );
  execute format('select count(*) from public.%I', partition) into held;
  if private.month_contents(first_day) <> archived
    or held <> (select sum((a ->> 'records')::bigint) from jsonb_array_elements(archived) a) then
    return 'changed';
  end if;
  insert into private.stale_days (user_id, date)
  select distinct r.user_id, (r.timestamp at time zone 'UTC')::date
  from public.cost_records r
  where r.timestamp >= private.month_start(first_day) and r.timestamp < private.month_end(first_day);
  -- Importing a file of that month again brings its rows back, and so does restoring the archive; until then nothing is
  -- known of the month.
  update public.imports i set covers = n.covers
  from public.imports o
  cross join lateral private.covers_without(
    o.covers, datemultirange(daterange(drop_month.first_day, (drop_month.first_day + interval '1 month')::date))
  ) as n (covers)
  where o.id = i.id and o.user_id = i.user_id and n.covers <> o.covers;
  delete from public.sheets s where s.day >= first_day and s.day < first_day + interval '1 month';
  delete from public.edits e where e.day >= first_day and e.day < first_day + interval '1 month';
  delete from public.unsettled_days u where u.day >= first_day and u.day < first_day + interval '1 month';
  execute format('alter table public.cost_records detach partition public.%I', partition);
  execute format('drop table public.%I', partition);
  return 'dropped';
exception
  when lock_not_available or deadlock_detected then
    return 'busy';
end
$$;

revoke all on function
  private.month_start, private.month_end, private.month_contents, private.export_month, private.drop_month
  from public;
