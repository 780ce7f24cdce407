-- Provider keys, encrypted before they reach the database, and how far each was collected. No function sees a plain key.

create table if not exists public.api_credentials (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  provider_id uuid not null references public.providers (id),
  credential_name varchar(100) not null check (credential_name <> ''),
  encrypted_api_key text not null check (encrypted_api_key <> '')
    constraint api_credentials_encrypted_api_key_size check (pg_column_size(encrypted_api_key) <= 65536),
  encryption_key_id varchar(100) not null,
  is_active boolean not null default true,
  validation_status varchar(10) not null default 'pending' check (validation_status in ('valid', 'invalid', 'pending')),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object')
    constraint api_credentials_metadata_size check (pg_column_size(metadata) <= 65536),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, provider_id, credential_name)
);
comment on table public.api_credentials is 'Never holds a key in plain text: see encrypted_api_key.';
comment on column public.api_credentials.encrypted_api_key is 'A JWE that only the user''s own machines can open.';
comment on column public.api_credentials.encryption_key_id is 'Which version of the vault key it was encrypted with.';

create index if not exists api_credentials_user_id_idx on public.api_credentials (user_id);
create index if not exists api_credentials_active_idx on public.api_credentials (user_id, is_active) where is_active = true;
create index if not exists api_credentials_provider_id_idx on public.api_credentials (provider_id);
-- Foreign keys include the user, so that no row refers to another user's credential.
create unique index if not exists api_credentials_id_user_key on public.api_credentials (id, user_id);

create table if not exists public.sync_states (
  credential_id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  feed varchar(100) not null,
  complete_through date,
  memory jsonb constraint sync_states_memory_size check (pg_column_size(memory) <= 1048576),
  synced_at timestamptz not null default clock_timestamp(),
  primary key (credential_id, user_id, feed),
  foreign key (credential_id, user_id) references public.api_credentials (id, user_id) on delete cascade
);
comment on table public.sync_states is 'How far each feed of a credential was collected.';
comment on column public.sync_states.complete_through is 'The last UTC date that was complete when it was collected.';
comment on column public.sync_states.memory is 'What the feed needs to remember for the next time, such as a balance.';

create index if not exists sync_states_user_idx on public.sync_states (user_id);

alter table public.api_credentials enable row level security;
alter table public.sync_states enable row level security;

drop policy if exists "Users see their own credentials" on public.api_credentials;
create policy "Users see their own credentials" on public.api_credentials
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users add their own credentials" on public.api_credentials;
create policy "Users add their own credentials" on public.api_credentials
  for insert to authenticated
  with check ((select auth.uid()) = user_id and provider_id in (select id from public.providers));
drop policy if exists "Users change their own credentials" on public.api_credentials;
create policy "Users change their own credentials" on public.api_credentials
  for update to authenticated using ((select auth.uid()) = user_id)
  with check ((select auth.uid()) = user_id and provider_id in (select id from public.providers));
drop policy if exists "Users delete their own credentials" on public.api_credentials;
create policy "Users delete their own credentials" on public.api_credentials
  for delete to authenticated using ((select auth.uid()) = user_id);

drop policy if exists "Users see how far their feeds are" on public.sync_states;
create policy "Users see how far their feeds are" on public.sync_states
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users begin their own feeds" on public.sync_states;
create policy "Users begin their own feeds" on public.sync_states
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users go on with their own feeds" on public.sync_states;
create policy "Users go on with their own feeds" on public.sync_states
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users forget their own feeds" on public.sync_states;
create policy "Users forget their own feeds" on public.sync_states
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke all on public.api_credentials, public.sync_states from anon, authenticated;
grant select, insert, update, delete on public.api_credentials, public.sync_states to authenticated, service_role;

create or replace function private.touch_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

drop trigger if exists touch_updated_at on public.api_credentials;
create trigger touch_updated_at before update on public.api_credentials
  for each row execute function private.touch_updated_at();

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
      format('“%s” is not a valid key name.', name),
      'Use letters, digits, dots and dashes, for example: work'
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
      format('This provider already has a key named “%s”.', name),
      'Choose another name (--name NAME), or replace that key with: aicost credentials rotate'
    );
  end if;
end
$$;

-- The signed-in user's stored keys, with their accounts. Ciphertexts only if asked for.
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

-- Changes the given fields; metadata is merged, and null removes a field. With `expected_key`, it only changes something
-- if the ciphertext is still that one.
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
    perform private.refuse('credential_gone', 'This key is no longer stored.', 'See them with: aicost credentials');
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
      'credential_changed', 'Another session changed this key in the meantime.', 'Run the command again.'
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
    perform private.refuse('credential_gone', 'This key is no longer stored.', 'See them with: aicost credentials');
  end if;
  return private.credential_json(removed);
end
$$;

create or replace function public.save_sync_state(
  credential_id uuid, feed text, complete_through date, memory jsonb default null
) returns void
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
begin
  if not exists (select from public.api_credentials c where c.id = save_sync_state.credential_id) then
    perform private.refuse('credential_gone', 'This key is no longer stored.', 'See them with: aicost credentials');
  end if;
  insert into public.sync_states as s (credential_id, user_id, feed, complete_through, memory)
  values (save_sync_state.credential_id, me, feed, complete_through, memory)
  on conflict on constraint sync_states_pkey do update set
    complete_through = greatest(s.complete_through, excluded.complete_through),
    memory = excluded.memory,
    synced_at = clock_timestamp();
end
$$;

revoke all on function
  private.credential_json, private.refuse_credential_name, private.refuse_taken_name, private.touch_updated_at
  from public;
grant execute on function
  private.credential_json, private.refuse_credential_name, private.refuse_taken_name
  to authenticated, service_role;
revoke all on function
  public.list_credentials, public.add_credential, public.change_credential, public.remove_credential,
  public.save_sync_state
  from public, anon;
grant execute on function
  public.list_credentials, public.add_credential, public.change_credential, public.remove_credential,
  public.save_sync_state
  to authenticated, service_role;
