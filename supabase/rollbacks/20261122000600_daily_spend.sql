-- Undoes 20261122000600_daily_spend. No record is lost.

drop function if exists
  public.get_top_models_by_spend, public.get_user_total_spend, public.get_daily_spend, public.refresh_cost_records_daily;
drop view if exists public.daily_spend;
drop function if exists private.current_days, private.refresh_daily;
drop trigger if exists log_all_days_stale on public.user_preferences;
drop trigger if exists log_all_days_stale_insert on public.user_preferences;
drop trigger if exists log_all_days_stale_delete on public.user_preferences;
drop function if exists private.log_all_days_stale;
drop trigger if exists log_stale_days_insert on public.cost_records;
drop trigger if exists log_stale_days_update_old on public.cost_records;
drop trigger if exists log_stale_days_update_new on public.cost_records;
drop trigger if exists log_stale_days_delete on public.cost_records;
drop function if exists private.log_stale_days;
drop materialized view if exists public.cost_records_daily;
drop function if exists private.sum_days;
drop table if exists private.stale_days;
