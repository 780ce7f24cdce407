-- Undoes 20261128001500_archive. No record is lost.

drop function if exists
  public.archive_counts, public.export_rows, private.export_page, private.refuse_kind, private.archive_page,
  private.sheet_rows, private.forecast_json, private.edit_json, private.sheet_json,
  private.whole_import_json, private.own_provider_json;
