-- Undoes 20261128000200_providers. The providers that users added are lost.

drop function if exists
  public.add_provider, public.list_providers, private.provider_json, private.provider_id;
drop table if exists public.providers;
