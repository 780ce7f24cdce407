-- Undoes 20261128000350_rates. The users' rates are lost.

drop function if exists
  public.get_rates, public.list_rates, public.set_rate, public.remove_rate, public.add_rate_days, public.remove_rate_days;
drop table if exists public.exchange_rates;
drop function if exists private.are_rates;
