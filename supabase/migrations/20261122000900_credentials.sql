-- Provider keys, encrypted before they reach the database, and the log of what happened to them.

create table if not exists public.api_credentials (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  provider_id uuid not null references public.providers (id),
  credential_name varchar(100) not null check (credential_name <> ''),
  encrypted_api_key text not null check (encrypted_api_key <> ''),
  encryption_key_id varchar(100) not null,
  is_active boolean not null default true,
  validation_status varchar(10) not null default 'pending' check (validation_status in ('valid', 'invalid', 'pending')),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
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

create table if not exists public.audit_log (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  actor_id uuid,
  action varchar(20) not null check (action in ('created', 'changed', 'deleted')),
  credential_id uuid not null,
  credential_name varchar(100) not null,
  provider_id uuid not null,
  changed_columns text[] not null default '{}',
  created_at timestamptz not null default clock_timestamp()
);
comment on table public.audit_log is 'Who did what to which credential and when. Written by a trigger alone; holds no key.';
comment on column public.audit_log.actor_id is 'auth.uid() of who did it; null for the database''s owner.';

create index if not exists audit_log_user_created_idx on public.audit_log (user_id, created_at desc);

alter table public.api_credentials enable row level security;
alter table public.audit_log enable row level security;

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
drop policy if exists "Users see what happened to their credentials" on public.audit_log;
create policy "Users see what happened to their credentials" on public.audit_log
  for select to authenticated using ((select auth.uid()) = user_id);

revoke all on public.api_credentials, public.audit_log from anon, authenticated;
grant select, insert, update, delete on public.api_credentials to authenticated, service_role;
grant select on public.audit_log to authenticated, service_role;

-- Names the columns that changed, never what they held.
create or replace function private.audit_credential() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  of_row public.api_credentials := coalesce(new, old);
begin
  -- A user who is deleted takes the log along.
  if not exists (select from auth.users u where u.id = of_row.user_id) then
    return null;
  end if;
  insert into public.audit_log (user_id, actor_id, action, credential_id, credential_name, provider_id, changed_columns)
  values (
    of_row.user_id,
    auth.uid(),
    case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'changed' else 'deleted' end,
    of_row.id,
    of_row.credential_name,
    of_row.provider_id,
    case when tg_op = 'UPDATE' then array(
      select n.key from jsonb_each(to_jsonb(new)) n join jsonb_each(to_jsonb(old)) o using (key)
      where n.value <> o.value and n.key <> 'updated_at'
      order by n.key
    ) else '{}' end
  );
  return null;
end
$$;

drop trigger if exists audit_credential on public.api_credentials;
create trigger audit_credential after insert or update or delete on public.api_credentials
  for each row execute function private.audit_credential();

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

revoke all on function private.audit_credential, private.touch_updated_at from public;
