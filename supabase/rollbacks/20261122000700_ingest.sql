-- Undoes 20261122000700_ingest. No record is lost.

drop function if exists
  public.undo_import, public.get_import, public.list_imports, public.finish_import, public.ingest_cost_records;
drop function if exists
  private.ingest, private.upsert_records, private.replace_coarser, private.finer_days, private.find_import,
  private.import_json;
