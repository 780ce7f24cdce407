-- Undoes 20261122000900_credentials. ALL stored keys and their log are lost.

drop table if exists public.audit_log;
drop table if exists public.api_credentials;
drop function if exists private.touch_updated_at, private.audit_credential;
