-- Undoes 20261122001000_forecasts. All stored forecasts are lost.

drop table if exists public.forecast_results;
