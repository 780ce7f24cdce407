-- Undoes 20261128001450_prices. The user's own prices and all imported price lists are lost; estimates stay beside records.

drop function if exists
  public.write_estimates, public.list_priceable_rows, public.add_price_list, public.remove_prices, public.set_price,
  public.get_prices, private.take_estimates_back, private.show_again, private.priced_without, private.repriced, private.estimate_basis,
  private.note_pricing, private.price_list_json, private.price_json;
drop table if exists public.price_lists, public.prices;
