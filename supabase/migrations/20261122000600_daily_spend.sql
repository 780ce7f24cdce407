-- Real-time daily sums: a materialized view for the days that have not changed since its last refresh, live sums for
-- those that have. No reader ever sees a stale sum.

-- Append-only. `date` is the UTC date of a record that changed; -infinity means every day of the user.
create table if not exists private.stale_days (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  date date not null
);
comment on table private.stale_days is 'What changed since cost_records_daily was refreshed. Written by triggers alone.';
create index if not exists stale_days_user_date_idx on private.stale_days (user_id, date);

-- Every daily sum of this program, computed here alone: for one user, or for everyone. The moments are midnights UTC.
-- Whether a provider has billed is asked for its own day, in UTC: an event of that day counts as billed, also where it
-- falls on another date in the user's time zone.
create or replace function private.sum_days(
  of_user uuid, from_moment timestamptz, to_moment timestamptz, by_method boolean default false,
  everyone boolean default false
) returns table (
  user_id uuid, provider_id uuid, date date, model_name varchar, collection_method varchar,
  total_cost_usd numeric, total_subscription_usd numeric, total_estimated_usd numeric, total_included_usd numeric,
  total_tokens bigint, total_input_tokens bigint, total_output_tokens bigint,
  total_cache_read_tokens bigint, total_cache_write_tokens bigint, total_unpriced_tokens bigint,
  total_requests bigint, record_count bigint, billed_count bigint
)
language plpgsql stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with utc_days as (
    select
      r.user_id, r.provider_id, (r.timestamp at time zone 'UTC')::date as utc_date, d.date, r.model_name,
      case when by_method then r.collection_method end as collection_method,
      sum(r.cost_usd) as cost_usd,
      sum(r.cost_usd) filter (where d.is_subscription) as subscription_usd,
      sum(r.estimated_cost_usd) filter (where d.basis = 'estimated') as estimated_usd,
      sum(r.estimated_cost_usd) filter (where d.basis = 'included') as included_usd,
      sum(r.tokens_used) as tokens,
      sum(r.input_tokens) as input_tokens,
      sum(r.output_tokens) as output_tokens,
      sum(r.cache_read_tokens) as cache_read_tokens,
      sum(r.cache_write_tokens) as cache_write_tokens,
      sum(r.tokens_used) filter (where d.basis = 'none') as unpriced_tokens,
      sum(r.request_count) as requests,
      count(*) as record_count,
      count(*) filter (where d.basis = 'billed') as billed_count,
      count(*) filter (where d.basis = 'billed' and not d.is_subscription) as metered_count
    from public.cost_records r
    left join public.user_preferences p on p.user_id = r.user_id
    cross join lateral (
      select
        case
          when r.granularity in ('day', 'month') then (r.timestamp at time zone 'UTC')::date
          else (r.timestamp at time zone coalesce(p.timezone, 'UTC'))::date
        end as date,
        coalesce(r.metadata ->> 'cost_basis', 'billed') as basis,
        coalesce(r.metadata ->> 'subscription', '') = 'true' as is_subscription
    ) d
    where (everyone or r.user_id = of_user) and r.timestamp >= from_moment and r.timestamp < to_moment
    group by 1, 2, 3, 4, 5, 6
  ),
  marked as (
    select u.*, sum(u.metered_count) over (partition by u.user_id, u.provider_id, u.utc_date) > 0 as is_billed
    from utc_days u
  )
  select
    m.user_id, m.provider_id, m.date, m.model_name, m.collection_method,
    sum(m.cost_usd),
    coalesce(sum(m.subscription_usd), 0),
    coalesce(sum(m.estimated_usd) filter (where not m.is_billed), 0),
    coalesce(sum(m.included_usd), 0),
    sum(m.tokens)::bigint, sum(m.input_tokens)::bigint, sum(m.output_tokens)::bigint,
    sum(m.cache_read_tokens)::bigint, sum(m.cache_write_tokens)::bigint,
    coalesce(sum(m.unpriced_tokens) filter (where not m.is_billed), 0)::bigint,
    sum(m.requests)::bigint, sum(m.record_count)::bigint, sum(m.billed_count)::bigint
  from marked m
  group by 1, 2, 3, 4, 5;
end
$$;

do $$
begin
  if to_regclass('public.cost_records_daily') is null then
    create materialized view public.cost_records_daily as
      select
        user_id, provider_id, date, model_name, total_cost_usd, total_tokens, total_input_tokens,
        total_output_tokens, total_cache_read_tokens, total_cache_write_tokens, total_requests, record_count,
        total_subscription_usd, total_estimated_usd, total_included_usd, total_unpriced_tokens, billed_count
      from private.sum_days(null, '-infinity', 'infinity', everyone => true);
  end if;
end
$$;
comment on materialized view public.cost_records_daily is
  'Sums as of the last refresh. No API role may read it: users read daily_spend, which is never stale.';

create unique index if not exists cost_records_daily_unique_idx
  on public.cost_records_daily (user_id, provider_id, date, model_name) nulls not distinct;
create index if not exists cost_records_daily_user_date_idx on public.cost_records_daily (user_id, date desc);
create index if not exists cost_records_daily_date_idx on public.cost_records_daily (date desc);
revoke all on public.cost_records_daily from anon, authenticated;

create or replace function private.log_stale_days() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into private.stale_days (user_id, date)
  select distinct c.user_id, (c.timestamp at time zone 'UTC')::date from changed c;
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

-- In another time zone an event may fall on another date: every day of that user is stale.
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

-- The log rows that this transaction sees go first, then the refresh: whatever commits in between stays logged.
create or replace function private.refresh_daily() returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  -- Whoever is at it already does it for all.
  if not pg_try_advisory_xact_lock(hashtextextended('aicost.refresh_daily', 0)) then
    return;
  end if;
  delete from private.stale_days;
  refresh materialized view concurrently public.cost_records_daily;
end
$$;

create or replace function public.refresh_cost_records_daily() returns void
language sql
set search_path = ''
as $$
  select private.refresh_daily()
$$;

-- The signed-in user's daily sums between two dates, ends included, as of this very statement.
-- `counted_cost_usd` is what counts: charged money, and estimates where the provider has not billed that day.
create or replace function private.current_days(from_date date, to_date date, by_method boolean default false)
returns table (
  user_id uuid, provider_id uuid, date date, model_name varchar, collection_method varchar,
  counted_cost_usd numeric, billed_usd numeric, subscription_usd numeric, estimated_usd numeric, included_usd numeric,
  total_tokens bigint, input_tokens bigint, output_tokens bigint, cache_read_tokens bigint, cache_write_tokens bigint,
  unpriced_tokens bigint, request_count bigint, record_count bigint, billed_count bigint, cost_basis text
)
language plpgsql stable security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  first_day date := coalesce(from_date, '-infinity');
  last_day date := coalesce(to_date, 'infinity');
  -- A UTC date may touch the local dates before and after it.
  stale date[] := array(
    select distinct s.date + k from private.stale_days s, generate_series(-1, 1) k
    where s.user_id = me and s.date > '-infinity' and s.date + k between first_day and last_day
  );
  all_stale boolean := by_method or exists (
    select from private.stale_days s where s.user_id = me and s.date = '-infinity'
  );
begin
  return query
  with days as (
    select s.*
    from private.sum_days(
      me,
      (case when all_stale then first_day else (select min(d) from unnest(stale) d) end - interval '1 day')
        at time zone 'UTC',
      (case when all_stale then last_day else (select max(d) from unnest(stale) d) end + interval '2 days')
        at time zone 'UTC',
      by_method
    ) s
    where s.date between first_day and last_day and (all_stale or s.date = any (stale))
    union all
    select
      d.user_id, d.provider_id, d.date, d.model_name, null,
      d.total_cost_usd, d.total_subscription_usd, d.total_estimated_usd, d.total_included_usd,
      d.total_tokens, d.total_input_tokens, d.total_output_tokens,
      d.total_cache_read_tokens, d.total_cache_write_tokens, d.total_unpriced_tokens,
      d.total_requests, d.record_count, d.billed_count
    from public.cost_records_daily d
    where d.user_id = me and d.date between first_day and last_day and not all_stale and d.date <> all (stale)
  )
  select
    d.user_id, d.provider_id, d.date, d.model_name, d.collection_method,
    d.total_cost_usd + d.total_estimated_usd,
    d.total_cost_usd - d.total_subscription_usd,
    d.total_subscription_usd, d.total_estimated_usd, d.total_included_usd,
    d.total_tokens, d.total_input_tokens, d.total_output_tokens, d.total_cache_read_tokens, d.total_cache_write_tokens,
    d.total_unpriced_tokens, d.total_requests, d.record_count, d.billed_count,
    case
      when d.billed_count > 0 and d.total_estimated_usd <> 0 then 'mixed'
      when d.billed_count > 0 then 'billed'
      when d.total_estimated_usd <> 0 then 'estimated'
      when d.total_included_usd <> 0 then 'included'
      else 'none'
    end
  from days d;
end
$$;

create or replace view public.daily_spend with (security_invoker = true) as
  select
    user_id, provider_id, date, model_name,
    counted_cost_usd, billed_usd, subscription_usd, estimated_usd, included_usd,
    total_tokens, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
    unpriced_tokens, request_count, record_count, billed_count, cost_basis
  from private.current_days(null, null);
comment on view public.daily_spend is 'The signed-in user''s spend by day, provider and model; never stale.';
revoke all on public.daily_spend from anon, authenticated;
grant select on public.daily_spend to authenticated, service_role;

create or replace function public.get_daily_spend(from_date date, to_date date, by_method boolean default false)
returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'date', d.date,
        'provider', p.name,
        'model', d.model_name,
        'method', d.collection_method,
        'cost_usd', private.decimal_text(d.counted_cost_usd),
        'billed_usd', private.decimal_text(d.billed_usd),
        'subscription_usd', private.decimal_text(d.subscription_usd),
        'estimated_usd', private.decimal_text(d.estimated_usd),
        'included_usd', private.decimal_text(d.included_usd),
        'input_tokens', d.input_tokens,
        'output_tokens', d.output_tokens,
        'cache_read_tokens', d.cache_read_tokens,
        'cache_write_tokens', d.cache_write_tokens,
        'request_count', d.request_count,
        'record_count', d.record_count,
        'billed_count', d.billed_count,
        'unpriced_tokens', d.unpriced_tokens
      )
      order by d.date, p.name, d.model_name, d.collection_method
    ),
    '[]'
  )
  from private.current_days(from_date, to_date, by_method) d
  join public.providers p on p.id = d.provider_id
$$;

-- What was charged for the user's records of [start_date, end_date), US dollars. Another user's records are not seen.
create or replace function public.get_user_total_spend(user_id uuid, start_date timestamptz, end_date timestamptz)
returns numeric
language sql stable
set search_path = ''
as $$
  select coalesce(sum(r.cost_usd), 0)
  from public.cost_records r
  where r.user_id = get_user_total_spend.user_id and r.timestamp >= start_date and r.timestamp < end_date
$$;

-- The models for which the user was charged most in [start_date, end_date).
create or replace function public.get_top_models_by_spend(
  user_id uuid, start_date timestamptz, end_date timestamptz, "limit" int default 10
) returns table (model_name varchar, total_cost_usd numeric, total_tokens bigint, total_requests bigint)
language sql stable
set search_path = ''
as $$
  select r.model_name, sum(r.cost_usd), sum(r.tokens_used)::bigint, sum(r.request_count)::bigint
  from public.cost_records r
  where r.user_id = get_top_models_by_spend.user_id and r.timestamp >= start_date and r.timestamp < end_date
  group by r.model_name
  order by 2 desc, 1
  limit get_top_models_by_spend."limit"
$$;

revoke all on function
  private.sum_days, private.log_stale_days, private.log_all_days_stale, private.refresh_daily, private.current_days
  from public;
grant execute on function private.refresh_daily, private.current_days to authenticated, service_role;
revoke all on function
  public.refresh_cost_records_daily, public.get_daily_spend, public.get_user_total_spend, public.get_top_models_by_spend
  from public, anon;
grant execute on function
  public.refresh_cost_records_daily, public.get_daily_spend, public.get_user_total_spend, public.get_top_models_by_spend
  to authenticated, service_role;
