-- Undoes 20261122000400_imports. The history of imports is lost.

drop table if exists public.import_changes;
drop table if exists public.imports cascade;
