-- Undoes 20261128001150_sources.

drop function if exists public.list_sources, private.imports_of;
