-- The sums of each day, kept in two materialized views: in detail, and by provider and model. Triggers log which days
-- have changed since they were refreshed.

-- Append-only. `date` is the UTC date of a record that changed; -infinity means every day of the user.
create table if not exists private.stale_days (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  date date not null
);
comment on table private.stale_days is 'What changed since cost_records_daily was refreshed. Only triggers write it.';
create index if not exists stale_days_user_date_idx on private.stale_days (user_id, date);

create table if not exists private.daily_refreshes (
  is_last boolean primary key default true check (is_last),
  refreshed_at timestamptz not null
);
comment on table private.daily_refreshes is 'When cost_records_daily was last refreshed; one row.';

-- Whether what is charged or estimated of a day is in a bill: one of its whole month, or, if it is itself of the whole month,
-- one of any day of that. Both are dated the first of the month.
create or replace function private.is_in_bill_of_month(
  of_user uuid, provider_id uuid, account varchar, utc_date date, of_month boolean
) returns boolean
language sql stable
set search_path = ''
as $$
  select exists (
    select
    from (
      select
        date_trunc('month', utc_date::timestamp) at time zone 'UTC' as first_moment,
        (date_trunc('month', utc_date::timestamp) + interval '1 month') at time zone 'UTC' as next_moment
    ) m
    join public.cost_records r on r.timestamp >= m.first_moment
      and r.timestamp < case when of_month then m.next_moment else m.first_moment + interval '1 second' end
    where r.user_id = of_user and r.provider_id = is_in_bill_of_month.provider_id
      and (of_month or r.granularity = 'month')
      and r.kind = 'usage' and coalesce(r.metadata ->> 'cost_basis', 'billed') = 'billed'
      and (r.account is null or is_in_bill_of_month.account is null or r.account = is_in_bill_of_month.account)
  )
$$;

-- The keys of an object, a line each. Strict: nothing is planned for days without any, which most are.
create or replace function private.each_line(names jsonb) returns text
language sql immutable strict
set search_path = ''
as $$
  select string_agg(n, E'\n') from jsonb_object_keys(names) n
$$;

-- The same, with the first and the last of them: most often there is one, for which nothing is to be planned.
create or replace function private.lines_of(first text, last text, names jsonb) returns text
language sql immutable
as $$
  select case when first = last then first else private.each_line(names) end
$$;

-- The only place that computes daily sums, for one user or for everyone. The moments are midnights UTC. Whether a
-- provider has billed the usage of a day depends on the UTC day: its events count as billed, even if they fall on another
-- date in the user's time zone. A bill hides the estimates of its own account; where an account is unknown, it may be the
-- same as any. So do the estimates of an export or API with those of an agent's log, which are of the same calls: if it or
-- a bill has their tokens, these do not count twice either. `estimated_by` and `included_by` name the price lists of the
-- estimates that count and of what plans cover, a line each; null without any. They are told apart as the keys of an
-- object, which needs no sorting. `in_detail` splits the sums by kind of charge, by how they were
-- collected, and by whose they are; `by_hour` by the hour in the user's time zone, which records of whole days and months do
-- not have; `by_session` by the session of an agent.
create or replace function private.sum_days(
  of_user uuid, from_moment timestamptz, to_moment timestamptz, in_detail boolean default false,
  everyone boolean default false, by_hour boolean default false, by_session boolean default false
) returns table (
  user_id uuid, provider_id uuid, date date, model_name varchar, kind varchar, collection_method varchar,
  account varchar, project varchar, api_key varchar, agent varchar, session varchar, hour int,
  total_cost_usd numeric, total_extra_usage_usd numeric, total_subscription_usd numeric, total_fee_usd numeric,
  total_tax_usd numeric, total_credit_usd numeric, total_topup_usd numeric,
  total_estimated_usd numeric, total_hidden_estimate_usd numeric, total_included_usd numeric,
  total_tokens bigint, total_input_tokens bigint, total_output_tokens bigint,
  total_cache_read_tokens bigint, total_cache_write_tokens bigint, total_unpriced_tokens bigint,
  total_in_bill_tokens bigint,
  total_requests bigint, record_count bigint, billed_count bigint, estimated_by text, included_by text
)
language plpgsql stable
set search_path = ''
-- Compiling the statement takes longer than running it for a month of records.
set jit = off
as $$
#variable_conflict use_column
begin
  return query
  with utc_days as (
    select
      r.user_id, r.provider_id, (r.timestamp at time zone 'UTC')::date as utc_date, d.local::date as date, r.model_name, r.account,
      r.kind, r.collection_method, d.basis,
      case when in_detail then r.project end as project,
      case when in_detail then r.api_key end as api_key,
      case when in_detail then r.agent end as agent,
      case when by_session then r.session end as session,
      case when by_hour and not d.is_whole_day then extract(hour from d.local)::int end as hour,
      r.granularity = 'month' and extract(day from r.timestamp at time zone 'UTC') = 1 as of_month,
      case when d.basis in ('estimated', 'included') then coalesce(r.metadata ->> 'price', 'its source') end as priced_by,
      sum(r.cost_usd) as cost_usd,
      sum(r.topup_usd) as topup_usd,
      sum(r.estimated_cost_usd) as estimated_usd,
      sum(r.tokens_used) as tokens,
      sum(r.input_tokens) as input_tokens,
      sum(r.output_tokens) as output_tokens,
      sum(r.cache_read_tokens) as cache_read_tokens,
      sum(r.cache_write_tokens) as cache_write_tokens,
      sum(r.request_count) as requests,
      count(*) as record_count,
      count(r.tokens_used) as with_tokens
    from public.cost_records r
    left join public.user_preferences p on p.user_id = r.user_id
    cross join lateral (
      select
        r.granularity in ('day', 'month') as is_whole_day,
        r.timestamp at time zone case
          when r.granularity in ('day', 'month') then 'UTC'
          else coalesce(p.timezone, 'UTC')
        end as local,
        coalesce(r.metadata ->> 'cost_basis', 'billed') as basis
    ) d
    where (everyone or r.user_id = of_user) and r.timestamp >= from_moment and r.timestamp < to_moment
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
  ),
  -- Which of it are estimates of usage, and which come from an agent's log; how many records are charges of usage, and how
  -- many others, not from logs, are estimates of usage or have its tokens.
  kinds as (
    select
      u.*,
      u.basis = 'estimated' and u.kind = 'usage' as is_estimate,
      u.collection_method = 'agent_log' and u.kind = 'usage' and u.basis in ('estimated', 'none') as is_log,
      case when u.basis = 'billed' and u.kind = 'usage' then u.record_count else 0 end as metered_count,
      case when o.is_other and u.basis = 'estimated' then u.record_count else 0 end as stated_count,
      case when o.is_other and u.basis in ('billed', 'estimated') then u.with_tokens else 0 end as told_count
    from utc_days u
    cross join lateral (select u.kind = 'usage' and u.collection_method <> 'agent_log' as is_other) o
  ),
  counted as (
    select
      u.*,
      case when u.account is null then sum(u.metered_count) over day
        else sum(u.metered_count) over account_day + coalesce(sum(u.metered_count) filter (where u.account is null) over day, 0)
      end > 0 as is_of_day,
      u.is_log and case when u.account is null then sum(u.stated_count) over day
        else sum(u.stated_count) over account_day + coalesce(sum(u.stated_count) filter (where u.account is null) over day, 0)
      end > 0 as is_stated,
      u.is_log and case when u.account is null then sum(u.told_count) over day
        else sum(u.told_count) over account_day + coalesce(sum(u.told_count) filter (where u.account is null) over day, 0)
      end > 0 as is_told
    from kinds u
    window
      day as (partition by u.user_id, u.provider_id, u.utc_date),
      account_day as (partition by u.user_id, u.provider_id, u.utc_date, u.account)
  ),
  -- Asked once for each day, and only if something depends on it.
  in_months as materialized (
    select o.*, private.is_in_bill_of_month(o.user_id, o.provider_id, o.account, o.utc_date, o.of_month) as is_billed
    from (
      select distinct k.user_id, k.provider_id, k.account, k.utc_date, k.of_month
      from counted k
      where not k.is_of_day and not k.is_stated
        and ((k.is_estimate and k.estimated_usd is not null) or (k.basis = 'none' and k.tokens is not null))
    ) o
  ),
  marked as (
    select
      k.*, i.is_billed, k.is_estimate and i.is_billed as is_hidden,
      case when k.basis = 'estimated' and k.estimated_usd is not null and not (k.is_estimate and i.is_billed) then k.priced_by end
        as estimated_by,
      case when k.basis = 'included' and k.estimated_usd is not null then k.priced_by end as included_by
    from counted k
    left join in_months m on m.user_id = k.user_id and m.provider_id = k.provider_id
      and m.account is not distinct from k.account and m.utc_date = k.utc_date and m.of_month = k.of_month
    cross join lateral (select k.is_of_day or k.is_stated or coalesce(m.is_billed, false) as is_billed) i
  )
  select
    m.user_id, m.provider_id, m.date, m.model_name,
    case when in_detail then m.kind end, case when in_detail then m.collection_method end,
    case when in_detail then m.account end, m.project, m.api_key, m.agent, m.session, m.hour,
    sum(m.cost_usd),
    coalesce(sum(m.cost_usd) filter (where m.kind = 'extra_usage'), 0),
    coalesce(sum(m.cost_usd) filter (where m.kind = 'subscription'), 0),
    coalesce(sum(m.cost_usd) filter (where m.kind = 'fee'), 0),
    coalesce(sum(m.cost_usd) filter (where m.kind = 'tax'), 0),
    coalesce(sum(m.cost_usd) filter (where m.kind = 'credit'), 0),
    coalesce(sum(m.topup_usd), 0),
    coalesce(sum(m.estimated_usd) filter (where m.basis = 'estimated' and not m.is_hidden), 0),
    coalesce(sum(m.estimated_usd) filter (where m.is_hidden), 0),
    coalesce(sum(m.estimated_usd) filter (where m.basis = 'included'), 0),
    sum(m.tokens) filter (where not m.is_told)::bigint,
    sum(m.input_tokens) filter (where not m.is_told)::bigint,
    sum(m.output_tokens) filter (where not m.is_told)::bigint,
    sum(m.cache_read_tokens) filter (where not m.is_told)::bigint,
    sum(m.cache_write_tokens) filter (where not m.is_told)::bigint,
    coalesce(sum(m.tokens) filter (where m.basis = 'none' and not m.is_billed), 0)::bigint,
    coalesce(sum(m.tokens) filter (where (m.basis = 'none' or m.is_estimate) and m.is_billed), 0)::bigint,
    sum(m.requests) filter (where not m.is_told)::bigint, sum(m.record_count)::bigint,
    coalesce(sum(m.record_count) filter (where m.basis = 'billed' and m.kind <> 'top_up'), 0)::bigint,
    private.lines_of(
      min(m.estimated_by), max(m.estimated_by),
      jsonb_object_agg(m.estimated_by, true) filter (where m.estimated_by is not null)
    ),
    private.lines_of(
      min(m.included_by), max(m.included_by), jsonb_object_agg(m.included_by, true) filter (where m.included_by is not null)
    )
  from marked m
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12;
end
$$;

do $$
begin
  if to_regclass('public.cost_records_detail') is null then
    create materialized view public.cost_records_detail as
      select * from private.sum_days(null, '-infinity', 'infinity', in_detail => true, everyone => true);
  end if;
end
$$;

-- The detail, added up by provider and model.
create or replace view private.daily_sums as
  select
    user_id, provider_id, date, model_name, sum(total_cost_usd) as total_cost_usd,
    sum(total_tokens)::bigint as total_tokens, sum(total_input_tokens)::bigint as total_input_tokens,
    sum(total_output_tokens)::bigint as total_output_tokens,
    sum(total_cache_read_tokens)::bigint as total_cache_read_tokens,
    sum(total_cache_write_tokens)::bigint as total_cache_write_tokens,
    sum(total_requests)::bigint as total_requests, sum(record_count)::bigint as record_count,
    sum(total_extra_usage_usd) as total_extra_usage_usd, sum(total_subscription_usd) as total_subscription_usd,
    sum(total_fee_usd) as total_fee_usd, sum(total_tax_usd) as total_tax_usd, sum(total_credit_usd) as total_credit_usd,
    sum(total_topup_usd) as total_topup_usd, sum(total_estimated_usd) as total_estimated_usd,
    sum(total_hidden_estimate_usd) as total_hidden_estimate_usd, sum(total_included_usd) as total_included_usd,
    sum(total_unpriced_tokens)::bigint as total_unpriced_tokens,
    sum(total_in_bill_tokens)::bigint as total_in_bill_tokens, sum(billed_count)::bigint as billed_count,
    private.lines_of(
      min(estimated_by), max(estimated_by), jsonb_object_agg(estimated_by, true) filter (where estimated_by is not null)
    ) as estimated_by,
    private.lines_of(
      min(included_by), max(included_by), jsonb_object_agg(included_by, true) filter (where included_by is not null)
    ) as included_by
  from public.cost_records_detail
  group by user_id, provider_id, date, model_name;

do $$
begin
  if to_regclass('public.cost_records_daily') is null then
    create materialized view public.cost_records_daily as select * from private.daily_sums;
  end if;
end
$$;
comment on materialized view public.cost_records_detail is
  'Sums by kind, method, account, project, key and agent as of the last refresh. No API role may read it.';
comment on materialized view public.cost_records_daily is
  'Sums as of the last refresh. No API role may read it: users read daily_spend, which is never stale.';

create unique index if not exists cost_records_detail_unique_idx on public.cost_records_detail
  (user_id, date, provider_id, model_name, kind, collection_method, account, project, api_key, agent) nulls not distinct;
create unique index if not exists cost_records_daily_unique_idx
  on public.cost_records_daily (user_id, provider_id, date, model_name) nulls not distinct;
create index if not exists cost_records_daily_user_date_idx on public.cost_records_daily (user_id, date desc);
create index if not exists cost_records_daily_date_idx on public.cost_records_daily (date desc);
revoke all on public.cost_records_detail, public.cost_records_daily from anon, authenticated;

create or replace function private.log_stale_days() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into private.stale_days (user_id, date)
  with days as materialized (
    select distinct c.user_id, (c.timestamp at time zone 'UTC')::date as day, c.granularity = 'month' as is_month from changed c
  )
  select d.user_id, d.day from days d
  union
  -- What is of a whole month decides with each of its days what estimates count.
  select m.user_id, m.first_day
  from (select distinct d.user_id, date_trunc('month', d.day)::date as first_day from days d) m
  where exists (
    select from public.cost_records r
    where r.user_id = m.user_id and r.timestamp = m.first_day::timestamp at time zone 'UTC' and r.granularity = 'month'
    -- Keeps it from becoming a join, which reads all records: an index has the few of each month.
    offset 0
  )
  union
  select d.user_id, d.day + n
  from days d
  cross join generate_series(0, 30) n
  where d.is_month and extract(day from d.day) = 1;
  return null;
end
$$;

drop trigger if exists log_stale_days_insert on public.cost_records;
create trigger log_stale_days_insert after insert on public.cost_records
  referencing new table as changed for each statement execute function private.log_stale_days();
drop trigger if exists log_stale_days_update_old on public.cost_records;
create trigger log_stale_days_update_old after update on public.cost_records
  referencing old table as changed for each statement execute function private.log_stale_days();
drop trigger if exists log_stale_days_update_new on public.cost_records;
create trigger log_stale_days_update_new after update on public.cost_records
  referencing new table as changed for each statement execute function private.log_stale_days();
drop trigger if exists log_stale_days_delete on public.cost_records;
create trigger log_stale_days_delete after delete on public.cost_records
  referencing old table as changed for each statement execute function private.log_stale_days();
-- Also when `write_many_rows` writes without the checks of foreign keys.
alter table public.cost_records enable always trigger log_stale_days_insert;
alter table public.cost_records enable always trigger log_stale_days_delete;

-- In another time zone, events may fall on other dates, so every day of that user is stale.
create or replace function private.log_all_days_stale() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into private.stale_days (user_id, date) values (coalesce(new.user_id, old.user_id), '-infinity');
  return null;
end
$$;

drop trigger if exists log_all_days_stale on public.user_preferences;
create trigger log_all_days_stale after update of timezone on public.user_preferences
  for each row when (old.timezone <> new.timezone) execute function private.log_all_days_stale();
drop trigger if exists log_all_days_stale_insert on public.user_preferences;
create trigger log_all_days_stale_insert after insert on public.user_preferences
  for each row when (new.timezone <> 'UTC') execute function private.log_all_days_stale();
drop trigger if exists log_all_days_stale_delete on public.user_preferences;
create trigger log_all_days_stale_delete after delete on public.user_preferences
  for each row when (old.timezone <> 'UTC') execute function private.log_all_days_stale();

-- First delete the log rows that this transaction sees, then refresh: changes that commit in between stay logged.
create or replace function private.refresh_daily() returns void
language plpgsql security definer
set search_path = ''
set jit = off
as $$
begin
  -- Another session is refreshing already; that covers everyone.
  if not pg_try_advisory_xact_lock(hashtextextended('aicost.refresh_daily', 0)) then
    return;
  end if;
  delete from private.stale_days;
  refresh materialized view concurrently public.cost_records_detail;
  refresh materialized view concurrently public.cost_records_daily;
  insert into private.daily_refreshes (refreshed_at) values (clock_timestamp())
  on conflict (is_last) do update set refreshed_at = excluded.refreshed_at;
end
$$;

create or replace function private.last_refresh() returns timestamptz
language sql stable security definer
set search_path = ''
as $$
  select r.refreshed_at from private.daily_refreshes r
$$;

create or replace function public.refresh_cost_records_daily() returns void
language sql
set search_path = ''
as $$
  select private.refresh_daily()
$$;

revoke all on function
  private.refresh_daily, private.last_refresh, private.is_in_bill_of_month, private.each_line, private.lines_of,
  private.sum_days, private.log_stale_days, private.log_all_days_stale
  from public;
grant execute on function private.refresh_daily, private.last_refresh to authenticated, service_role;
revoke all on function public.refresh_cost_records_daily from public, anon;
grant execute on function public.refresh_cost_records_daily to authenticated, service_role;
