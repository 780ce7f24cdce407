-- Undoes 20261128000400_imports. The history of imports is lost.

drop function if exists
  public.get_import, public.list_imports, public.finish_import, public.resume_import, private.lock_imports,
  private.find_import, private.import_json;
drop table if exists public.import_changes;
drop table if exists public.imports;
