-- The signed-in user's daily sums for reports. Days that changed since the last refresh are summed on the fly, so that
-- no reader ever sees a stale sum.

-- The dates of a user between two dates whose kept sums are stale, besides those that all are. A UTC date may touch the
-- local dates before and after it.
create or replace function private.stale_dates(of_user uuid, first_day date, last_day date) returns date[]
language sql stable
set search_path = ''
as $$
  select array(
    select distinct s.date + k from private.stale_days s, generate_series(-1, 1) k
    where s.user_id = of_user and s.date > '-infinity' and s.date + k between first_day and last_day
  )
$$;

create or replace function private.is_all_stale(of_user uuid) returns boolean
language sql stable
set search_path = ''
as $$
  select exists (select from private.stale_days s where s.user_id = of_user and s.date = '-infinity')
$$;

-- The signed-in user's daily sums between two dates, ends included, as of this statement. It reads the records of
-- changed days and a day or two around them, but leaves out unchanged days in between. Charges of subscriptions count as
-- soon as they are due, booked or not. `counted_cost_usd` is charged
-- money, plus estimates if the provider has not billed that day. By hour or session, all days are summed on
-- the fly.
create or replace function private.current_days(
  from_date date, to_date date, in_detail boolean default false, by_hour boolean default false, by_session boolean default false
)
returns table (
  user_id uuid, provider_id uuid, date date, model_name varchar, kind varchar, collection_method varchar,
  account varchar, project varchar, api_key varchar, agent varchar, session varchar, hour int,
  counted_cost_usd numeric, usage_usd numeric, extra_usage_usd numeric, subscription_usd numeric, fee_usd numeric, tax_usd numeric,
  credit_usd numeric, topup_usd numeric, estimated_usd numeric, hidden_estimate_usd numeric, included_usd numeric,
  total_tokens bigint, input_tokens bigint, output_tokens bigint, cache_read_tokens bigint, cache_write_tokens bigint,
  unpriced_tokens bigint, in_bill_tokens bigint, request_count bigint, record_count bigint, billed_count bigint, cost_basis text,
  estimated_by text, included_by text
)
language plpgsql stable security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  first_day date := coalesce(from_date, '-infinity');
  last_day date := coalesce(to_date, 'infinity');
  stale date[] := private.stale_dates(me, first_day, last_day);
  all_stale boolean := by_hour or by_session or private.is_all_stale(me);
begin
  return query
  with gaps as (
    select d, d - lag(d) over (order by d) > 3 as is_wide from unnest(stale) d
  ),
  runs as (
    select first_day as first, last_day as last where all_stale
    union all
    select min(r.d), max(r.d)
    from (select g.d, count(*) filter (where g.is_wide) over (order by g.d) as run from gaps g) r
    where not all_stale
    group by r.run
  ),
  days as (
    select s.*
    from runs r
    cross join lateral private.sum_days(
      me,
      (r.first - interval '1 day') at time zone 'UTC',
      (r.last + interval '2 days') at time zone 'UTC',
      in_detail,
      by_hour => by_hour,
      by_session => by_session
    ) s
    where s.date between r.first and r.last and (all_stale or s.date = any (stale))
    union all
    select d.*
    from public.cost_records_detail d
    where in_detail and d.user_id = me and d.date between first_day and last_day and not all_stale and d.date <> all (stale)
    union all
    select
      d.user_id, d.provider_id, d.date, d.model_name, null, null, null, null, null, null, null, null,
      d.total_cost_usd, d.total_extra_usage_usd, d.total_subscription_usd, d.total_fee_usd, d.total_tax_usd,
      d.total_credit_usd, d.total_topup_usd, d.total_estimated_usd, d.total_hidden_estimate_usd, d.total_included_usd,
      d.total_tokens, d.total_input_tokens, d.total_output_tokens,
      d.total_cache_read_tokens, d.total_cache_write_tokens, d.total_unpriced_tokens,
      d.total_in_bill_tokens, d.total_requests, d.record_count, d.billed_count, d.estimated_by, d.included_by
    from public.cost_records_daily d
    where not in_detail and d.user_id = me and d.date between first_day and last_day and not all_stale
      and d.date <> all (stale)
    union all
    -- Charges of subscriptions that are due and not booked yet.
    select
      me, c.provider_id, c.due_on, null, case when in_detail then 'subscription'::varchar end,
      case when in_detail then 'manual_entry'::varchar end, null, null, null, null, null, null,
      c.usd, 0, c.usd, 0, 0, 0, 0, 0, 0, 0, null, null, null, null, null, 0, 0, null, 1, 1, null, null
    from private.charges(me, first_day, least(last_day, private.today_of(me))) c
    where c.usd is not null
  )
  select
    d.user_id, d.provider_id, d.date, d.model_name, d.kind, d.collection_method, d.account, d.project, d.api_key, d.agent, d.session, d.hour,
    d.total_cost_usd + d.total_estimated_usd,
    d.total_cost_usd - d.total_extra_usage_usd - d.total_subscription_usd - d.total_fee_usd - d.total_tax_usd
      - d.total_credit_usd,
    d.total_extra_usage_usd, d.total_subscription_usd, d.total_fee_usd, d.total_tax_usd, d.total_credit_usd,
    d.total_topup_usd, d.total_estimated_usd, d.total_hidden_estimate_usd, d.total_included_usd,
    d.total_tokens, d.total_input_tokens, d.total_output_tokens, d.total_cache_read_tokens, d.total_cache_write_tokens,
    d.total_unpriced_tokens, d.total_in_bill_tokens, d.total_requests, d.record_count, d.billed_count,
    case
      when d.billed_count > 0 and d.total_estimated_usd <> 0 then 'mixed'
      when d.billed_count > 0 then 'billed'
      when d.total_estimated_usd <> 0 then 'estimated'
      when d.total_included_usd <> 0 then 'included'
      else 'none'
    end,
    d.estimated_by, d.included_by
  from days d;
end
$$;

create or replace view public.daily_spend with (security_invoker = true) as
  select
    user_id, provider_id, date, model_name,
    counted_cost_usd, usage_usd, extra_usage_usd, subscription_usd, fee_usd, tax_usd, credit_usd, topup_usd, estimated_usd, included_usd,
    total_tokens, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
    unpriced_tokens, request_count, record_count, billed_count, cost_basis
  from private.current_days(null, null);
comment on view public.daily_spend is 'The signed-in user''s spend by day, provider and model; never stale. Charges that are due and not booked yet have a row of their own.';
revoke all on public.daily_spend from anon, authenticated;
grant select on public.daily_spend to authenticated, service_role;

-- The lines of the keys of an object, each once, as the keys of another. Strict, as `each_line`.
create or replace function private.each_name(lines jsonb) returns jsonb
language sql immutable strict
set search_path = ''
as $$
  select jsonb_object_agg(n, true)
  from jsonb_object_keys(lines) l
  cross join string_to_table(l, E'\n') n
$$;

-- The same, with the first and the last of the keys, as `lines_of`.
create or replace function private.names_in(first text, last text, lines jsonb) returns jsonb
language sql immutable
as $$
  select case
    when first = last and strpos(first, E'\n') = 0 then jsonb_build_object(first, true)
    else private.each_name(lines)
  end
$$;

-- What `get_daily_spend` and, if `is_fine`, `get_fine_spend` answer, as rows.
create or replace function private.split_spend(
  from_date date, to_date date, split_by text[], by_month boolean, is_fine boolean default false
) returns table (
  hour int, date date, last_date date, provider text, model text, kind text, method text, account text, project text,
  api_key text, agent text, session text, cost_usd text, usage_usd text, extra_usage_usd text, subscription_usd text, fee_usd text, tax_usd text,
  credit_usd text, topup_usd text, estimated_usd text, hidden_estimate_usd text, included_usd text, input_tokens numeric,
  output_tokens numeric, cache_read_tokens numeric, cache_write_tokens numeric, request_count numeric,
  record_count numeric, billed_count numeric, unpriced_tokens numeric, in_bill_tokens numeric,
  estimated_by jsonb, included_by jsonb
)
language sql stable
set search_path = ''
-- Compiling the statement takes longer than running it.
set jit = off
as $$
  -- Materialized: to join the providers, PostgreSQL would compute all of it once for each of them.
  with split as materialized (
    select
      c.provider_id, c.hour, min(c.date) as date, max(c.date) as last_date,
      case when 'model' = any (split_by) then c.model_name end as model,
      case when 'kind' = any (split_by) then c.kind end as kind,
      case when 'method' = any (split_by) then c.collection_method end as method,
      case when 'account' = any (split_by) then c.account end as account,
      case when 'project' = any (split_by) then c.project end as project,
      case when 'api_key' = any (split_by) then c.api_key end as api_key,
      case when 'agent' = any (split_by) then c.agent end as agent,
      c.session,
      trim_scale(sum(c.counted_cost_usd))::text as cost_usd,
      trim_scale(sum(c.usage_usd))::text as usage_usd,
      trim_scale(sum(c.extra_usage_usd))::text as extra_usage_usd,
      trim_scale(sum(c.subscription_usd))::text as subscription_usd,
      trim_scale(sum(c.fee_usd))::text as fee_usd,
      trim_scale(sum(c.tax_usd))::text as tax_usd,
      trim_scale(sum(c.credit_usd))::text as credit_usd,
      trim_scale(sum(c.topup_usd))::text as topup_usd,
      trim_scale(sum(c.estimated_usd))::text as estimated_usd,
      trim_scale(sum(c.hidden_estimate_usd))::text as hidden_estimate_usd,
      trim_scale(sum(c.included_usd))::text as included_usd,
      sum(c.input_tokens) as input_tokens, sum(c.output_tokens) as output_tokens,
      sum(c.cache_read_tokens) as cache_read_tokens, sum(c.cache_write_tokens) as cache_write_tokens,
      sum(c.request_count) as request_count, sum(c.record_count) as record_count, sum(c.billed_count) as billed_count,
      sum(c.unpriced_tokens) as unpriced_tokens, sum(c.in_bill_tokens) as in_bill_tokens,
      private.names_in(
        min(c.estimated_by), max(c.estimated_by),
        jsonb_object_agg(c.estimated_by, true) filter (where c.estimated_by is not null)
      ) as estimated_by,
      private.names_in(
        min(c.included_by), max(c.included_by),
        jsonb_object_agg(c.included_by, true) filter (where c.included_by is not null)
      ) as included_by
    from private.current_days(
      from_date, to_date, not split_by <@ '{model,hour,session}', is_fine and 'hour' = any (split_by), is_fine and 'session' = any (split_by)
    ) c
    group by 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, case when by_month then date_trunc('month', c.date)::date else c.date end
  )
  select
    s.hour, s.date, s.last_date, p.name, s.model, s.kind, s.method, s.account, s.project, s.api_key, s.agent, s.session,
    s.cost_usd, s.usage_usd, s.extra_usage_usd, s.subscription_usd, s.fee_usd, s.tax_usd, s.credit_usd, s.topup_usd,
    s.estimated_usd, s.hidden_estimate_usd, s.included_usd, s.input_tokens, s.output_tokens, s.cache_read_tokens,
    s.cache_write_tokens, s.request_count, s.record_count, s.billed_count, s.unpriced_tokens, s.in_bill_tokens, s.estimated_by, s.included_by
  from split s
  join public.providers p on p.id = s.provider_id
$$;

-- The signed-in user's spend between two dates, ends included, split by what `split_by` names: model, kind, method, account,
-- project, api_key, agent; always by provider, and by day. `by_month`: by calendar month instead, with the first and the last date
-- of each that has records.
create or replace function public.get_daily_spend(
  from_date date, to_date date, split_by text[] default '{model}', by_month boolean default false
) returns json
language sql stable
set search_path = ''
as $$
  select coalesce(
    json_agg(d order by d.date, d.provider, d.model, d.kind, d.method, d.account, d.project, d.api_key, d.agent),
    '[]'
  )
  from (
    select
      s.date, s.last_date, s.provider, s.model, s.kind, s.method, s.account, s.project, s.api_key, s.agent, s.cost_usd,
      s.usage_usd, s.extra_usage_usd, s.subscription_usd, s.fee_usd, s.tax_usd, s.credit_usd, s.topup_usd,
      s.estimated_usd, s.hidden_estimate_usd, s.included_usd, s.input_tokens, s.output_tokens, s.cache_read_tokens,
      s.cache_write_tokens, s.request_count, s.record_count, s.billed_count, s.unpriced_tokens, s.in_bill_tokens, s.estimated_by, s.included_by
    from private.split_spend(from_date, to_date, split_by, by_month) s
  ) d
$$;

-- The same from the records themselves. `split_by` may also name hour, that of the day in the user's time zone, null for
-- records of whole days and months; and session.
create or replace function public.get_fine_spend(
  from_date date, to_date date, split_by text[] default '{model}', by_month boolean default false
) returns json
language sql stable
set search_path = ''
as $$
  select coalesce(
    json_agg(
      s order by s.date, s.hour, s.provider, s.model, s.kind, s.method, s.account, s.project, s.api_key, s.agent, s.session
    ),
    '[]'
  )
  from private.split_spend(from_date, to_date, split_by, by_month, is_fine => true) s
$$;

-- How much work the answer about each date takes, in records to add up. In detail, each may be a row of the answer, which
-- takes longer than adding it up; a row of kept sums most often is.
create or replace function private.spend_work(from_date date, to_date date, split_by text[], is_fine boolean)
returns table (date date, work bigint)
language plpgsql stable security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  first_day date := coalesce(from_date, '-infinity');
  last_day date := coalesce(to_date, 'infinity');
  of_record int := case when split_by <@ '{model,hour}' then 1 when is_fine then 8 else 3 end;
  stale date[];
begin
  if is_fine or private.is_all_stale(me) then
    return query
    select (r.timestamp at time zone 'UTC')::date, count(*) * of_record
    from public.cost_records r
    where r.user_id = me
      and r.timestamp >= first_day::timestamp at time zone 'UTC'
      and r.timestamp < (last_day + interval '1 day') at time zone 'UTC'
    group by 1;
    return;
  end if;
  stale := private.stale_dates(me, first_day, last_day);
  return query
  select s.date, c.work
  from unnest(stale) s (date)
  cross join lateral (
    select count(*) * of_record as work
    from public.cost_records r
    where r.user_id = me
      and r.timestamp >= s.date::timestamp at time zone 'UTC'
      and r.timestamp < (s.date + interval '1 day') at time zone 'UTC'
  ) c
  union all
  select d.date, 5 * count(*)
  from public.cost_records_detail d
  where not split_by <@ '{model}' and d.user_id = me and d.date between first_day and last_day and d.date <> all (stale)
  group by 1;
end
$$;

-- The spans of dates from `from_date` to `to_date` to ask `get_daily_spend` about, or `get_fine_spend`, so that each
-- answer takes the work of about `most_work` records. One day is never divided.
create or replace function public.spend_spans(
  from_date date, to_date date, split_by text[], is_fine boolean, most_work int
) returns json
language sql stable
set search_path = ''
as $$
  with days as (
    select d.date, (sum(d.work) over (order by d.date) - d.work)::bigint / most_work as span
    from (
      select w.date, sum(w.work) as work
      from private.spend_work(from_date, to_date, split_by, is_fine) w
      group by 1
      having sum(w.work) > 0
    ) d
  ),
  starts as (
    select span, case when span > min(span) over () then min(date) else spend_spans.from_date end as from_date
    from days
    group by span
  )
  select coalesce(
    json_agg(json_build_object('from_date', s.from_date, 'to_date', s.to_date) order by s.span),
    json_build_array(json_build_object('from_date', spend_spans.from_date, 'to_date', spend_spans.to_date))
  )
  from (
    select s.span, s.from_date, coalesce(lead(s.from_date) over (order by s.span) - 1, spend_spans.to_date) as to_date
    from starts s
  ) s
$$;

-- The charges of the signed-in user in [start_date, end_date), US dollars.
create or replace function public.get_user_total_spend(user_id uuid, start_date timestamptz, end_date timestamptz)
returns numeric
language sql stable
set search_path = ''
as $$
  select coalesce(sum(t.usd), 0)
  from (
    select r.cost_usd as usd
    from public.cost_records r
    where r.user_id = get_user_total_spend.user_id and r.timestamp >= start_date and r.timestamp < end_date
    union all
    select c.usd
    from private.charges(
      get_user_total_spend.user_id, '-infinity', private.today_of(get_user_total_spend.user_id)
    ) c
    where c.due_on::timestamp at time zone 'UTC' >= start_date and c.due_on::timestamp at time zone 'UTC' < end_date
  ) t
$$;

-- The models with the highest charges in [start_date, end_date).
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
  private.stale_dates, private.is_all_stale, private.current_days, private.each_name, private.names_in, private.split_spend,
  private.spend_work
  from public;
grant execute on function private.current_days, private.each_name, private.names_in, private.split_spend, private.spend_work to authenticated, service_role;
revoke all on function
  public.get_daily_spend, public.get_fine_spend, public.spend_spans, public.get_user_total_spend, public.get_top_models_by_spend
  from public, anon;
grant execute on function
  public.get_daily_spend, public.get_fine_spend, public.spend_spans, public.get_user_total_spend, public.get_top_models_by_spend
  to authenticated, service_role;
