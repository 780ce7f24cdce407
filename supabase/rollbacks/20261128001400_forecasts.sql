-- Undoes 20261128001400_forecasts. ALL stored forecasts are lost.

drop function if exists
  public.save_forecasts, public.get_forecast, public.list_forecasts, public.list_stored_forecasts, public.remove_forecasts;
drop table if exists public.forecast_results;
