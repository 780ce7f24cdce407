-- Undoes 20261128001600_restore. No record is lost.

drop function if exists
  public.restore_rows, private.restore, private.restore_kind, private.restore_forecasts, private.restore_budgets,
  private.restore_credits, private.restore_subscriptions,
  private.restore_cost_records, private.restore_edits, private.restore_sheet_rows, private.note_restored,
  private.restore_sheets, private.restore_price_lists, private.restore_imports, private.restore_prices,
  private.restore_providers, private.restore_rates, private.restore_preferences,
  private.restore_counts, private.archived_records, private.first_of, private.derived_kind,
  private.changes_with_kind, private.second_id;
