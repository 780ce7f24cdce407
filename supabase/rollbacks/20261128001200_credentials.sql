-- Undoes 20261128001200_credentials. ALL stored keys are lost.

drop function if exists
  public.save_sync_state, public.remove_credential, public.change_credential, public.add_credential,
  public.list_credentials, private.refuse_taken_name, private.refuse_credential_name, private.credential_json;
drop table if exists public.sync_states, public.api_credentials;
drop function if exists private.touch_updated_at;
