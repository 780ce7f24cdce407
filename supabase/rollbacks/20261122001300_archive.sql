-- Undoes 20261122001300_archive. No record is lost.

drop function if exists public.restore_rows, public.archive_counts, public.export_rows;
drop function if exists
  private.restore, private.restore_kind, private.restore_forecasts, private.restore_import_changes,
  private.restore_cost_records, private.record_version, private.restore_imports,
  private.restore_providers, private.restore_preferences, private.restore_counts, private.archived_records,
  private.refuse_kind, private.archive_page, private.forecast_json, private.import_change_json,
  private.whole_import_json, private.own_provider_json, private.own_imports, private.second_id;
