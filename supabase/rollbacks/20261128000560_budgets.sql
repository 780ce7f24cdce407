-- Undoes 20261128000560_budgets. All budgets are lost, and which notices were sent.

drop function if exists
  public.settle_notices, public.claim_notices, public.remove_budget, public.set_budget, public.list_budgets,
  private.budget_json;
drop table if exists public.sent_notices, public.budgets;
drop function if exists private.are_filter_names;
