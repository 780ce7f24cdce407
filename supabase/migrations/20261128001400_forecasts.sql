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
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
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
