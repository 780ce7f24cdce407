-- Undoes 20261122000700_ingest. No record is lost.

drop function if exists
  public.undo_import, public.get_import, public.list_imports, public.finish_import, public.resume_import,
  public.ingest_cost_records;
drop function if exists
  private.ingest, private.upsert_records, private.replace_views, private.compare_views, private.other_views,
  private.lock_imports, private.find_import, private.import_json;
