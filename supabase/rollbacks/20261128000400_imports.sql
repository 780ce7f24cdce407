-- Undoes 20261128000400_imports. The history of imports is lost.

drop function if exists
  public.get_coverage, private.covers_with, private.covers_without, private.days_json, private.covered_days;
drop function if exists
  public.list_names, public.import_days, public.start_import, public.get_import, public.list_imports, private.lock_imports, private.find_import,
  private.import_json;
drop function if exists private.imports_instead, private.sheets_beside, private.series_in;
drop table if exists
  public.edits, public.unsettled_days, public.attestations, public.sheets, public.imports;
