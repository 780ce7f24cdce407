-- Undoes 20261128000570_credits. Granted credit and balances that were set are lost; top-ups stay as records.

drop function if exists
  public.get_credits, public.remove_credit_entry, public.add_top_up, public.save_credit_entry, private.usage_from,
  private.credit_entry_json;
drop index if exists public.cost_records_top_up_idx;
drop table if exists public.credit_entries;
