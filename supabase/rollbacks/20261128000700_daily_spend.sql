-- Undoes 20261128000700_daily_spend. No record is lost.

drop function if exists
  public.get_top_models_by_spend, public.get_user_total_spend, public.spend_spans, public.get_fine_spend,
  public.get_daily_spend, private.spend_work, private.split_spend;
drop view if exists public.daily_spend;
drop function if exists private.names_in, private.each_name, private.current_days, private.is_all_stale, private.stale_dates;
