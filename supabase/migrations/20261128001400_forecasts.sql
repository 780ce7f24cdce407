-- Stored forecasts, so that past ones can be compared with what happened.

create table if not exists public.forecast_results (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  provider_id uuid references public.providers (id),
  model_name varchar(200),
  forecast_date date not null,
  predicted_cost_usd numeric(18, 10) not null,
  lower_bound_80 numeric(18, 10),
  upper_bound_80 numeric(18, 10),
  lower_bound_95 numeric(18, 10),
  upper_bound_95 numeric(18, 10),
  confidence_score numeric(3, 2) check (confidence_score between 0 and 1),
  model_version varchar(100) not null,
  training_data_start date,
  training_data_end date,
  training_record_count int,
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object')
    constraint forecast_results_metadata_size check (pg_column_size(metadata) <= 65536),
  created_at timestamptz not null default now(),
  check (lower_bound_80 <= upper_bound_80),
  check (lower_bound_95 <= upper_bound_95)
);
comment on table public.forecast_results is 'One row per predicted day. provider_id null = all providers, model_name null = all models.';
comment on column public.forecast_results.forecast_date is 'The predicted day.';
comment on column public.forecast_results.model_version is 'The model that was used, with its version.';

create index if not exists forecast_results_user_date_idx on public.forecast_results (user_id, forecast_date desc);
create index if not exists forecast_results_provider_date_idx on public.forecast_results (provider_id, forecast_date desc);

alter table public.forecast_results enable row level security;

drop policy if exists "Users see their own forecasts" on public.forecast_results;
create policy "Users see their own forecasts" on public.forecast_results
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users add their own forecasts" on public.forecast_results;
create policy "Users add their own forecasts" on public.forecast_results
  for insert to authenticated
  with check ((select auth.uid()) = user_id and (provider_id is null or provider_id in (select id from public.providers)));
drop policy if exists "Users change their own forecasts" on public.forecast_results;
create policy "Users change their own forecasts" on public.forecast_results
  for update to authenticated using ((select auth.uid()) = user_id)
  with check ((select auth.uid()) = user_id and (provider_id is null or provider_id in (select id from public.providers)));
drop policy if exists "Users delete their own forecasts" on public.forecast_results;
create policy "Users delete their own forecasts" on public.forecast_results
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke all on public.forecast_results from anon, authenticated;
grant select, insert, update, delete on public.forecast_results to authenticated, service_role;

-- Stores forecasts, all or none: of each series the days ahead, as arrays of date, cost and the ends of both bands. A
-- forecast that is made again of the same series and the same last day replaces the one before; both machines of a user
-- give it the same ids. Returns how many days were stored.
create or replace function public.save_forecasts(forecasts jsonb) returns int
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  stored int;
begin
  with series as materialized (
    select
      case when f ->> 'provider' is not null then private.provider_id(f ->> 'provider') end as provider_id,
      f ->> 'model_name' as model_name, f ->> 'model_version' as model_version,
      (f ->> 'confidence_score')::numeric as confidence_score, (f ->> 'training_data_start')::date as first_day,
      (f ->> 'training_data_end')::date as last_day, (f ->> 'training_record_count')::int as record_count,
      coalesce(f -> 'metadata', '{}') as metadata, f -> 'days' as days
    from jsonb_array_elements(forecasts) f
  ),
  given as materialized (
    select
      md5(concat_ws('|', me, s.provider_id, '/', s.model_name, '/', s.last_day, d ->> 0))::uuid as id,
      s.*, (d ->> 0)::date as day, d
    from series s
    cross join lateral jsonb_array_elements(s.days) d
  ),
  gone as (
    delete from public.forecast_results r
    using series s
    where r.user_id = me and r.provider_id is not distinct from s.provider_id
      and r.model_name is not distinct from s.model_name and r.training_data_end = s.last_day
      and r.id not in (select g.id from given g)
  ),
  kept as (
    insert into public.forecast_results as r (
      id, user_id, provider_id, model_name, forecast_date, predicted_cost_usd, lower_bound_80, upper_bound_80,
      lower_bound_95, upper_bound_95, confidence_score, model_version, training_data_start, training_data_end,
      training_record_count, metadata
    )
    select
      g.id, me, g.provider_id, g.model_name, g.day, (d ->> 1)::numeric, (d ->> 2)::numeric, (d ->> 3)::numeric,
      (d ->> 4)::numeric, (d ->> 5)::numeric, g.confidence_score, g.model_version, g.first_day, g.last_day,
      g.record_count, g.metadata
    from given g
    order by g.id
    on conflict (id) do update set
      predicted_cost_usd = excluded.predicted_cost_usd, lower_bound_80 = excluded.lower_bound_80,
      upper_bound_80 = excluded.upper_bound_80, lower_bound_95 = excluded.lower_bound_95,
      upper_bound_95 = excluded.upper_bound_95, confidence_score = excluded.confidence_score,
      model_version = excluded.model_version, training_data_start = excluded.training_data_start,
      training_record_count = excluded.training_record_count, metadata = excluded.metadata, created_at = now()
    returning r.id
  )
  select count(*) into strict stored from kept;
  return stored;
end
$$;

-- The forecasts of all spend, or of one provider, whose last day of history is between two dates, the newest first: of each, the days ahead
-- as `save_forecasts` takes them, at most `max_days`. Null is open.
create or replace function public.list_forecasts(
  from_date date, to_date date, max_rows int default 1, max_days int default 62, of_provider text default null
) returns jsonb
language sql stable
set search_path = ''
as $$
  with mine as (
    select f.*
    from public.forecast_results f
    where f.user_id = private.require_user() and f.model_name is null
      and f.provider_id is not distinct from (
        select case when of_provider is not null then private.provider_id(of_provider) end
      )
      and f.training_data_end between coalesce(from_date, '-infinity') and coalesce(to_date, 'infinity')
  ),
  made as (
    select
      m.training_data_end, max(m.created_at) as made_at, min(m.training_data_start) as training_data_start,
      (array_agg(m.model_version order by m.created_at desc))[1] as model_version,
      (array_agg(m.confidence_score order by m.created_at desc))[1] as confidence_score,
      (array_agg(m.metadata order by m.created_at desc))[1] as metadata
    from mine m
    group by m.training_data_end
    order by m.training_data_end desc
    limit max_rows
  )
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'made_at', private.moment_text(f.made_at),
        'training_data_start', f.training_data_start,
        'training_data_end', f.training_data_end,
        'model_version', f.model_version,
        'confidence_score', trim_scale(f.confidence_score)::text,
        'metadata', f.metadata,
        'days', (
          select coalesce(
            jsonb_agg(
              jsonb_build_array(
                m.forecast_date, trim_scale(m.predicted_cost_usd)::text, trim_scale(m.lower_bound_80)::text,
                trim_scale(m.upper_bound_80)::text, trim_scale(m.lower_bound_95)::text, trim_scale(m.upper_bound_95)::text
              )
              order by m.forecast_date
            ),
            '[]'
          )
          from mine m
          where m.training_data_end = f.training_data_end and m.created_at = f.made_at
            and m.forecast_date <= f.training_data_end + max_days
        )
      )
      order by f.training_data_end desc
    ),
    '[]'
  )
  from made f
$$;

-- The newest forecast of all spend, to the end of the next month at most; null if there is none.
create or replace function public.get_forecast() returns jsonb
language sql stable
set search_path = ''
as $$
  select public.list_forecasts(null, null) -> 0
$$;

-- What is stored, of each last day of history, the newest first: which series, how far ahead, and what made them. Only
-- those of some last days if they are named.
create or replace function public.list_stored_forecasts(
  last_days date[] default null, max_rows int default 20, skip_rows int default 0
) returns jsonb
language sql stable
set search_path = ''
as $$
  with series as (
    select
      f.training_data_end, p.name as provider, f.model_name, max(f.created_at) as made_at, max(f.forecast_date) as through,
      (array_agg(f.model_version order by f.created_at desc))[1] as model_version,
      (array_agg(f.confidence_score order by f.created_at desc))[1] as confidence_score
    from public.forecast_results f
    left join public.providers p on p.id = f.provider_id
    where f.user_id = private.require_user() and (last_days is null or f.training_data_end = any (last_days))
    group by f.training_data_end, p.name, f.model_name
  ),
  ends as (
    select
      s.training_data_end,
      jsonb_build_object(
        'training_data_end', s.training_data_end,
        'made_at', private.moment_text(max(s.made_at)),
        'through', max(s.through),
        'series', jsonb_agg(
          jsonb_build_object(
            'provider', s.provider, 'model_name', s.model_name, 'model_version', s.model_version,
            'confidence_score', trim_scale(s.confidence_score)::text
          )
          order by s.provider nulls first, s.model_name nulls first
        )
      ) as forecast
    from series s
    group by s.training_data_end
  )
  select jsonb_build_object(
    'total', (select count(*) from ends),
    'forecasts', (
      select coalesce(jsonb_agg(e.forecast order by e.training_data_end desc nulls last), '[]')
      from (select * from ends order by training_data_end desc nulls last limit max_rows offset skip_rows) e
    )
  )
$$;

-- Removes stored forecasts by the last days of their history; null is all. Returns how many last days and how many
-- predicted days there were.
create or replace function public.remove_forecasts(last_days date[]) returns jsonb
language sql
set search_path = ''
as $$
  with removed as (
    delete from public.forecast_results f
    where f.user_id = private.require_user() and (last_days is null or f.training_data_end = any (last_days))
    returning f.training_data_end
  )
  select jsonb_build_object(
    'forecasts', (select count(*) from (select distinct r.training_data_end from removed r) d), 'days', count(*)
  )
  from removed
$$;

revoke all on function
  public.save_forecasts, public.list_forecasts, public.get_forecast, public.list_stored_forecasts, public.remove_forecasts
  from public, anon;
grant execute on function
  public.save_forecasts, public.list_forecasts, public.get_forecast, public.list_stored_forecasts, public.remove_forecasts
  to authenticated, service_role;
