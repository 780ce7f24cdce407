-- Undoes 20261128001400_forecasts. ALL stored forecasts are lost.

drop table if exists public.forecast_results;
