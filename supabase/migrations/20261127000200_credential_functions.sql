-- What the program does with stored keys. None of these functions ever sees a key: it is encrypted before.

create or replace function private.credential_json(c public.api_credentials, with_key boolean default false)
returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', c.id,
    'provider', (select p.name from public.providers p where p.id = c.provider_id),
    'name', c.credential_name,
    'is_active', c.is_active,
    'validation_status', c.validation_status,
    'encryption_key_id', c.encryption_key_id,
    'metadata', c.metadata,
    'created_at', private.moment_text(c.created_at),
    'syncs', (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'feed', s.feed,
            'complete_through', s.complete_through,
            'memory', s.memory,
            'synced_at', private.moment_text(s.synced_at)
          )
          order by s.feed
        ),
        '[]'
      )
      from public.sync_states s
      where s.credential_id = c.id
    )
  ) || case when with_key then jsonb_build_object('encrypted_api_key', c.encrypted_api_key) else '{}' end
$$;

create or replace function private.refuse_credential_name(name text) returns void
language plpgsql
set search_path = ''
as $$
begin
  if name is null or name !~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' then
    perform private.refuse(
      'credential_name',
      format('“%s” cannot be the name of a key.', name),
      'Use letters, digits, dots and dashes, for example: work',
      2
    );
  end if;
end
$$;

create or replace function private.refuse_taken_name(provider uuid, name text) returns void
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select from public.api_credentials c
    where c.user_id = auth.uid() and c.provider_id = provider and c.credential_name = name
  ) then
    perform private.refuse(
      'credential_exists',
      format('There is a key “%s” of this provider already.', name),
      'Give another name: --name NAME. Replace its key with: aicost credentials rotate'
    );
  end if;
end
$$;

-- The signed-in user's stored keys, and whose they are. Their ciphertexts only where they are asked for.
create or replace function public.list_credentials(with_keys boolean default false) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'user_id', private.require_user(),
    'credentials', (
      select coalesce(
        jsonb_agg(private.credential_json(c, with_keys) order by p.name, c.credential_name), '[]'
      )
      from public.api_credentials c
      join public.providers p on p.id = c.provider_id
    )
  )
$$;

create or replace function public.add_credential(credential jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  provider uuid := private.provider_id(credential ->> 'provider');
  name text := credential ->> 'name';
  added public.api_credentials;
begin
  perform private.refuse_credential_name(name);
  perform private.refuse_taken_name(provider, name);
  insert into public.api_credentials (
    id, user_id, provider_id, credential_name, encrypted_api_key, encryption_key_id, validation_status, metadata
  )
  values (
    (credential ->> 'id')::uuid, private.require_user(), provider, name, credential ->> 'encrypted_api_key',
    credential ->> 'encryption_key_id', coalesce(credential ->> 'validation_status', 'pending'),
    coalesce(credential -> 'metadata', '{}')
  )
  returning * into added;
  return private.credential_json(added);
end
$$;

-- Changes what is named; metadata are merged, null takes one away. Where `expected_key` is given, nothing is changed
-- unless the ciphertext still is that one.
create or replace function public.change_credential(credential_id uuid, changes jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  known public.api_credentials;
  changed public.api_credentials;
begin
  select c.* into known from public.api_credentials c where c.id = change_credential.credential_id;
  if known.id is null then
    perform private.refuse('credential_gone', 'This key is not stored any more.', 'See them with: aicost credentials');
  end if;
  if changes ->> 'name' <> known.credential_name then
    perform private.refuse_credential_name(changes ->> 'name');
    perform private.refuse_taken_name(known.provider_id, changes ->> 'name');
  end if;
  update public.api_credentials c set
    credential_name = coalesce(changes ->> 'name', c.credential_name),
    is_active = coalesce((changes ->> 'is_active')::boolean, c.is_active),
    validation_status = coalesce(changes ->> 'validation_status', c.validation_status),
    encrypted_api_key = coalesce(changes ->> 'encrypted_api_key', c.encrypted_api_key),
    encryption_key_id = coalesce(changes ->> 'encryption_key_id', c.encryption_key_id),
    metadata = jsonb_strip_nulls(c.metadata || coalesce(changes -> 'metadata', '{}'))
  where c.id = known.id and c.encrypted_api_key = coalesce(changes ->> 'expected_key', c.encrypted_api_key)
  returning * into changed;
  if changed.id is null then
    perform private.refuse(
      'credential_changed', 'This key was changed by somebody else in the meantime.', 'Run the command again.'
    );
  end if;
  return private.credential_json(changed);
end
$$;

create or replace function public.remove_credential(credential_id uuid) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  removed public.api_credentials;
begin
  delete from public.api_credentials c where c.id = remove_credential.credential_id returning * into removed;
  if removed.id is null then
    perform private.refuse('credential_gone', 'This key is not stored any more.', 'See them with: aicost credentials');
  end if;
  return private.credential_json(removed);
end
$$;

-- What happened to the signed-in user's keys, the latest first.
create or replace function public.list_audit_log(max_rows bigint, skip_rows bigint default 0) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'total', (select count(*) from public.audit_log),
    'entries', (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'action', l.action,
            'provider', (select p.name from public.providers p where p.id = l.provider_id),
            'name', l.credential_name,
            'credential_id', l.credential_id,
            'changed_columns', l.changed_columns,
            'by_owner', l.actor_id is not distinct from l.user_id,
            'created_at', private.moment_text(l.created_at)
          )
          order by l.created_at desc, l.id desc
        ),
        '[]'
      )
      from (select * from public.audit_log order by created_at desc, id desc limit max_rows offset skip_rows) l
    )
  )
$$;

revoke all on function
  private.credential_json, private.refuse_credential_name, private.refuse_taken_name
  from public;
grant execute on function
  private.credential_json, private.refuse_credential_name, private.refuse_taken_name
  to authenticated, service_role;
revoke all on function
  public.list_credentials, public.add_credential, public.change_credential, public.remove_credential, public.list_audit_log
  from public, anon;
grant execute on function
  public.list_credentials, public.add_credential, public.change_credential, public.remove_credential, public.list_audit_log
  to authenticated, service_role;
