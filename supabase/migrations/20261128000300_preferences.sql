-- The settings of each user. The row is made when the user signs up.

create or replace function private.is_timezone(name text) returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
  perform now() at time zone name;
  return true;
exception when invalid_parameter_value then
  return false;
end
$$;

create table if not exists public.user_preferences (
  user_id uuid primary key references auth.users (id) on delete cascade,
  currency varchar(3) not null default 'USD',
  timezone varchar(64) not null default 'UTC' check (private.is_timezone(timezone)),
  theme varchar(10) not null default 'system' check (theme in ('light', 'dark', 'system')),
  default_date_range varchar(32) not null default '30d' check (default_date_range <> ''),
  email_notifications boolean not null default false,
  forecast_enabled boolean not null default true,
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object')
    constraint user_preferences_metadata_size check (pg_column_size(metadata) <= 262144),
  updated_at timestamptz not null default now()
);
comment on table public.user_preferences is 'Settings of one user.';
comment on constraint user_preferences_metadata_size on public.user_preferences is
  'What users store is bounded: no constraint whose name ends in _size is met by what the program itself stores.';
comment on column public.user_preferences.timezone is 'The calendar that reports and ranges use. IANA name.';

alter table public.user_preferences enable row level security;

drop policy if exists "Users see their own preferences" on public.user_preferences;
create policy "Users see their own preferences" on public.user_preferences
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users add their own preferences" on public.user_preferences;
create policy "Users add their own preferences" on public.user_preferences
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users change their own preferences" on public.user_preferences;
create policy "Users change their own preferences" on public.user_preferences
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users delete their own preferences" on public.user_preferences;
create policy "Users delete their own preferences" on public.user_preferences
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke all on public.user_preferences from anon, authenticated;
grant select, insert, update, delete on public.user_preferences to authenticated, service_role;

create or replace function private.add_preferences() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into public.user_preferences (user_id) values (new.id) on conflict do nothing;
  return new;
end
$$;

drop trigger if exists add_preferences on auth.users;
create trigger add_preferences after insert on auth.users
  for each row execute function private.add_preferences();

-- For users who signed up before this migration.
insert into public.user_preferences (user_id) select id from auth.users on conflict do nothing;

create or replace function public.get_preferences() returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  mine public.user_preferences;
begin
  select * into mine from public.user_preferences where user_id = private.require_user();
  if not found then
    insert into public.user_preferences (user_id) values (auth.uid()) on conflict do nothing;
    select * into strict mine from public.user_preferences where user_id = auth.uid();
  end if;
  return to_jsonb(mine) - 'user_id' - 'updated_at';
end
$$;

-- Changes the settings in `changes` and returns all settings.
create or replace function public.set_preferences(changes jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  wanted public.user_preferences;
begin
  perform public.get_preferences();
  select * into strict wanted from public.user_preferences where user_id = (select auth.uid());
  wanted := jsonb_populate_record(wanted, changes - 'user_id');
  if not private.is_timezone(wanted.timezone) then
    perform private.refuse(
      'bad_timezone',
      format('“%s” is not a time zone.', wanted.timezone),
      'Use an IANA name, for example: aicost prefs set timezone Europe/Berlin'
    );
  end if;
  update public.user_preferences set
    currency = wanted.currency,
    timezone = wanted.timezone,
    theme = wanted.theme,
    default_date_range = wanted.default_date_range,
    email_notifications = wanted.email_notifications,
    forecast_enabled = wanted.forecast_enabled,
    metadata = wanted.metadata,
    updated_at = now()
  where user_id = (select auth.uid());
  return public.get_preferences();
end
$$;

revoke all on function public.get_preferences, public.set_preferences from public, anon;
grant execute on function public.get_preferences, public.set_preferences to authenticated, service_role;
revoke all on function private.is_timezone, private.add_preferences from public;
grant execute on function private.is_timezone to authenticated, service_role;
