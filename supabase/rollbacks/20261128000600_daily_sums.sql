-- Undoes 20261128000600_daily_sums. No record is lost.

drop function if exists public.refresh_cost_records_daily, private.last_refresh, private.refresh_daily;
drop trigger if exists log_stale_days_insert on public.cost_records;
drop trigger if exists log_stale_days_update_old on public.cost_records;
drop trigger if exists log_stale_days_update_new on public.cost_records;
drop trigger if exists log_stale_days_delete on public.cost_records;
drop trigger if exists log_all_days_stale on public.user_preferences;
drop trigger if exists log_all_days_stale_insert on public.user_preferences;
drop trigger if exists log_all_days_stale_delete on public.user_preferences;
drop function if exists private.log_all_days_stale, private.log_stale_days;
drop materialized view if exists public.cost_records_daily;
drop view if exists private.daily_sums;
drop materialized view if exists public.cost_records_detail;
drop function if exists private.sum_days, private.lines_of, private.each_line, private.is_in_bill_of_month;
drop table if exists private.daily_refreshes, private.stale_days;
