-- Undoes 20261128000550_subscriptions. All subscriptions are lost; their charges stay as entries by hand.

drop function if exists
  public.book_due_charges, public.get_due, public.list_charges, public.list_subscriptions, public.remove_subscription,
  public.change_subscription, public.add_subscription, public.find_subscription_entries, private.charges_json,
  private.entries_of, private.given_subscription, private.own_subscription, private.subscription_state,
  private.subscription_json, private.withdraw_charges, private.booked_charges, private.book_due, private.charges,
  private.rate_on, private.charge_amount, private.due_days, private.charge_id, private.subscription_id, private.today_of;
drop table if exists public.subscriptions;
drop function if exists private.are_plan_prices;
