-- Checks for damage and inconsistencies. They change nothing, and only the owner of the database may call them. Each
-- returns one line per problem.

create or replace function private.own_tables() returns table (name regclass)
language sql stable
set search_path = ''
as $$
  select c.oid::regclass
  from pg_class c
  where c.relkind in ('r', 'm')
    and (
      c.relnamespace = 'private'::regnamespace
      or c.oid in (select p.partition from private.month_partitions() p)
      or c.relnamespace = 'public'::regnamespace and c.relname in (
        'providers', 'user_preferences', 'imports', 'sheets', 'attestations', 'layer_rows', 'edits', 'unsettled_days', 'cost_records_daily', 'cost_records_detail', 'api_credentials',
        'audit_log', 'sync_states', 'forecast_results', 'subscriptions', 'credit_entries', 'budgets', 'sent_notices'
      )
    )
$$;

-- Days whose kept sums differ from their records, though they are not marked as changed.
create or replace function private.check_daily_sums() returns setof text
language sql stable
set search_path = ''
as $$
  with live as materialized (
    select * from private.sum_days(null, '-infinity', 'infinity', in_detail => true, everyone => true)
  ),
  different (user_id, date) as (
    select l.user_id, l.date from (select * from live except all select * from public.cost_records_detail) l
    union
    select k.user_id, k.date from (select * from public.cost_records_detail except all select * from live) k
    union
    select d.user_id, d.date from (select * from private.daily_sums except all select * from public.cost_records_daily) d
    union
    select k.user_id, k.date from (select * from public.cost_records_daily except all select * from private.daily_sums) k
  )
  select format('the sums of %s, user %s', d.date, d.user_id)
  from different d
  where not exists (
    select from private.stale_days s
    where s.user_id = d.user_id and (s.date = '-infinity' or d.date between s.date - 1 and s.date + 1)
  )
  order by d.date, d.user_id
$$;

-- Compares the totals of everyone's reports with the records, and the charges that are due and not booked.
create or replace function private.check_totals() returns setof text
language plpgsql
set search_path = ''
as $$
declare
  held record;
  reported record;
begin
  for held in
    select u.user_id, count(r.usd) as records, coalesce(sum(r.usd), 0) as cost_usd
    from (
      select user_id from public.cost_records
      union
      select user_id from public.cost_records_daily
      union
      select user_id from public.subscriptions
    ) u
    left join lateral (
      select r.cost_usd as usd from public.cost_records r where r.user_id = u.user_id
      union all
      select c.usd from private.charges(u.user_id, '-infinity', private.today_of(u.user_id)) c
    ) r on true
    group by u.user_id
    order by u.user_id
  loop
    perform set_config(
      'request.jwt.claims', jsonb_build_object('sub', held.user_id, 'role', 'authenticated')::text, true
    );
    select coalesce(sum(d.record_count), 0) as records, coalesce(sum(d.counted_cost_usd - d.estimated_usd), 0) as cost_usd
    into reported
    from private.current_days(null, null) d;
    if (reported.records, reported.cost_usd) <> (held.records, held.cost_usd) then
      return next format(
        'user %s: reports count %s records of %s US dollars; there are %s of %s', held.user_id,
        reported.records, trim_scale(reported.cost_usd)::text, held.records, trim_scale(held.cost_usd)::text
      );
    end if;
  end loop;
end
$$;

-- Rows that refer to missing rows.
create or replace function private.check_references() returns setof text
language plpgsql stable
set search_path = ''
as $$
declare
  reference record;
  lost bigint;
begin
  for reference in
    select
      k.conrelid::regclass as table_name, k.confrelid::regclass as target, k.convalidated,
      string_agg(format('t.%I', a.attname), ', ' order by c.place) as columns,
      string_agg(format('o.%I = t.%I', b.attname, a.attname), ' and ' order by c.place) as matches,
      string_agg(format('t.%I is not null', a.attname), ' and ' order by c.place) as is_given
    from pg_constraint k
    cross join unnest(k.conkey, k.confkey) with ordinality as c (own, other, place)
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.own
    join pg_attribute b on b.attrelid = k.confrelid and b.attnum = c.other
    where k.contype = 'f' and k.conparentid = 0
      and (k.conrelid in (select t.name from private.own_tables() t) or k.conrelid = 'public.cost_records'::regclass)
    group by k.oid, k.conrelid, k.confrelid, k.convalidated
    order by 1, 2
  loop
    execute format(
      'select count(*) from %s t where %s and not exists (select from %s o where %s)',
      reference.table_name, reference.is_given, reference.target, reference.matches
    ) into lost;
    if lost > 0 then
      return next format(
        '%s rows of %s refer to rows of %s that are not there (%s)', lost, reference.table_name, reference.target,
        replace(reference.columns, 't.', '')
      );
    end if;
  end loop;
end
$$;

-- Records are of sheets that count, sheets that count are whole, and an import has each sheet.
create or replace function private.check_imports() returns setof text
language sql stable
set search_path = ''
as $$
  with held as materialized (
    select r.user_id, r.sheet_id, count(*) as records
    from public.cost_records r
    where r.sheet_id is not null
    group by r.user_id, r.sheet_id
  ),
  kept as materialized (
    select l.user_id, l.sheet_id, count(*) as rows from public.layer_rows l group by l.user_id, l.sheet_id
  )
  select format('%s records are of the sheet %s, which is not there or does not count', h.records, h.sheet_id)
  from held h
  left join public.sheets s on s.user_id = h.user_id and s.id = h.sheet_id
  where s.counts is not true
  union all
  select format('the sheet %s has %s rows and holds %s', s.id, s.rows, coalesce(h.records, 0) + coalesce(k.rows, 0))
  from public.sheets s
  left join held h on h.user_id = s.user_id and h.sheet_id = s.id
  left join kept k on k.user_id = s.user_id and k.sheet_id = s.id
  where s.is_whole and s.rows > coalesce(h.records, 0) + coalesce(k.rows, 0)
  union all
  select format('no import has the sheet %s', s.id)
  from public.sheets s
  where not exists (select from public.attestations a where a.user_id = s.user_id and a.sheet_id = s.id)
    and not exists (
      select from public.unsettled_days u where u.user_id = s.user_id and u.series = s.series and u.day = s.day
    )
$$;

-- Every month is a partition with the bounds of that month, accessible only through cost_records.
create or replace function private.check_partitions() returns setof text
language sql stable
set search_path = ''
as $$
  select format('%s is not a partition, so reports lack its records', c.oid::regclass)
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname ~ '^cost_records_\d{4}_\d{2}$'
    and c.oid not in (select p.partition from private.month_partitions() p)
  union all
  select format('%s does not have the bounds of its month', p.partition)
  from private.month_partitions() p
  join pg_class c on c.oid = p.partition
  cross join lateral (
    select regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''(.*)''\) TO \(''(.*)''\)') as ends
  ) b
  where (b.ends[1]::timestamptz, b.ends[2]::timestamptz)
    is distinct from (private.month_start(p.month), private.month_end(p.month))
  union all
  select format('%s lacks row-level security, or has its own policy', c.oid::regclass)
  from pg_class c
  where c.oid in (select p.partition from private.month_partitions() p)
    and (not c.relrowsecurity or exists (select from pg_policy l where l.polrelid = c.oid))
  union all
  select format('%s is granted to %s', c.oid::regclass, r.role)
  from pg_class c
  cross join unnest(array['anon', 'authenticated']) as r (role)
  where c.oid in (select p.partition from private.month_partitions() p)
    and has_table_privilege(r.role, c.oid, 'select, insert, update, delete, truncate, references, trigger')
  union all
  select format('%s has no row-level security', c.oid::regclass)
  from pg_class c
  where c.relkind in ('r', 'p') and not c.relrowsecurity and c.relnamespace = 'public'::regnamespace
    and (c.oid in (select t.name from private.own_tables() t) or c.oid = 'public.cost_records'::regclass)
    and c.oid not in (select p.partition from private.month_partitions() p)
$$;

-- Every partition has every index of cost_records, and no index is incomplete.
create or replace function private.check_indexes() returns setof text
language sql stable
set search_path = ''
as $$
  select format('%s lacks its part of the index %s', p.partition, i.indexrelid::regclass)
  from private.month_partitions() p
  cross join pg_index i
  where i.indrelid = 'public.cost_records'::regclass
    and not exists (
      select from pg_inherits h
      join pg_index own on own.indexrelid = h.inhrelid
      where h.inhparent = i.indexrelid and own.indrelid = p.partition
    )
  union all
  select format('the index %s is not valid', i.indexrelid::regclass)
  from pg_index i
  where not (i.indisvalid and i.indisready and i.indislive)
    and (i.indrelid in (select t.name from private.own_tables() t) or i.indrelid = 'public.cost_records'::regclass)
$$;

-- Reads every value of every table and every index from end to end. Reports what it cannot read, and indexes that do not
-- lead to all rows.
create or replace function private.check_storage() returns setof text
language plpgsql stable
set search_path = ''
set jit = off
set enable_seqscan = on
set enable_sort = on
set enable_indexscan = on
set enable_indexonlyscan = on
set enable_bitmapscan = off
set enable_incremental_sort = off
as $$
declare
  storage record;
  in_table bigint;
  in_index bigint;
begin
  for storage in
    select t.name, i.indexrelid::regclass as index, i.keys
    from private.own_tables() t
    left join lateral (
      select
        i.indexrelid,
        string_agg(
          pg_get_indexdef(i.indexrelid, k.place::int, false)
            || case when k.option & 1 = 1 then ' desc' else '' end
            || case when k.option & 2 = 2 then ' nulls first' else ' nulls last' end,
          ', ' order by k.place
        ) as keys
      from pg_index i
      join pg_class c on c.oid = i.indexrelid
      join pg_am m on m.oid = c.relam
      cross join unnest(i.indoption::smallint[]) with ordinality as k (option, place)
      where i.indrelid = t.name and i.indpred is null and m.amname = 'btree'
      group by i.indexrelid
      union all
      select null, null
    ) i on true
    order by t.name::text, i.keys nulls first
  loop
    begin
      perform set_config(s.name, (storage.index is null)::text, true)
      from unnest(array['enable_seqscan', 'enable_sort']) as s (name);
      perform set_config(s.name, (storage.index is not null)::text, true)
      from unnest(array['enable_indexscan', 'enable_indexonlyscan']) as s (name);
      if storage.index is null then
        -- The text of a row needs each of its values, including those stored out of line.
        in_table := null;
        execute format('select count(*) from (select t::text as row from only %s t offset 0) t where length(t.row) > 0', storage.name)
        into in_table;
      elsif in_table is not null then
        execute format(
          'select count(*) from (select from only %s t order by %s offset 0) t', storage.name, storage.keys
        ) into in_index;
        if in_index <> in_table then
          return next format('%s leads to %s rows; %s has %s', storage.index, in_index, storage.name, in_table);
        end if;
      end if;
    exception
      when others then
        return next format('%s cannot be read: %s', coalesce(storage.index, storage.name), sqlerrm);
    end;
  end loop;
end
$$;

revoke all on function
  private.own_tables, private.check_daily_sums, private.check_totals, private.check_references, private.check_imports,
  private.check_partitions, private.check_indexes, private.check_storage
  from public;
