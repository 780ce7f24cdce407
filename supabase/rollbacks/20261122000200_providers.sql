-- Undoes 20261122000200_providers. The providers that users added are lost.

drop function if exists public.add_provider, public.list_providers;
drop function if exists private.provider_id;
drop table if exists public.providers cascade;
