-- Undoes 20261127000200_credential_functions. Stored keys stay.

drop function if exists
  public.list_credentials, public.add_credential, public.change_credential, public.remove_credential, public.list_audit_log,
  private.credential_json, private.refuse_credential_name, private.refuse_taken_name;
