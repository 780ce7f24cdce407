-- Undoes 20261128001300_audit_log. The log of stored keys is lost.

drop function if exists public.list_audit_log;
drop trigger if exists audit_credential on public.api_credentials;
drop function if exists private.audit_credential;
drop table if exists public.audit_log;
