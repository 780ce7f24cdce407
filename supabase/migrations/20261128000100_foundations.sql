-- The schema `private`, which the API does not expose, and the function that raises errors for users.

create schema if not exists private;
comment on schema private is 'Not exposed by the API: privileged functions and their tables.';

revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;

-- Raises an error that a user can act on. DETAIL is the stable code for scripts; the program maps it to an exit code.
create or replace function private.refuse(code text, message text, hint text default null) returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception using
    errcode = 'AC000',
    message = message,
    detail = code,
    hint = coalesce(hint, '');
end
$$;

-- Whether the user of the access token is still there: a token outlives its user by up to an hour.
create or replace function private.user_exists() returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (select from auth.users u where u.id = auth.uid())
$$;

-- The signed-in user, or an error.
create or replace function private.require_user() returns uuid
language plpgsql stable
set search_path = ''
as $$
begin
  if auth.uid() is null then
    perform private.refuse('not_signed_in', 'You are not signed in.', 'Sign in with: aicost login');
  end if;
  -- Preferences go with their user, and nobody can be asked more cheaply.
  if not exists (select from public.user_preferences p where p.user_id = auth.uid()) and not private.user_exists() then
    perform private.refuse('user_removed', 'The user of this session was removed.', 'Sign in with: aicost login');
  end if;
  return auth.uid();
end
$$;

-- RFC 3339 in UTC, with as many decimals of the second as it has. What makes many rows writes this expression itself,
-- because `set search_path` keeps a call from being inlined. An exact amount is always written `trim_scale(…)::text`.
create or replace function private.moment_text(moment timestamptz) returns text
language sql stable
set search_path = ''
as $$
  select to_jsonb(moment at time zone 'UTC') #>> '{}' || 'Z'
$$;

-- The least and the greatest of the ids that begin so; null if no id does.
create or replace function private.id_range(id_prefix text, out least_id uuid, out greatest_id uuid)
language plpgsql immutable
set search_path = ''
as $$
declare
  zeros constant text := '00000000-0000-0000-0000-000000000000';
  digits_as_zeros text := translate(lower(id_prefix), '123456789abcdef', '000000000000000');
begin
  if id_prefix <> '' and digits_as_zeros = left(zeros, length(id_prefix)) then
    least_id := id_prefix || substr(zeros, length(id_prefix) + 1);
    greatest_id := id_prefix || translate(substr(zeros, length(id_prefix) + 1), '0', 'f');
  end if;
end
$$;

-- Refuses the beginning of an id that none of the things of a kind has, or several have.
create or replace function private.require_one(
  how_many bigint, code_of_none text, code_of_several text, kind text, id_prefix text
) returns void
language plpgsql stable
set search_path = ''
as $$
begin
  if how_many = 0 then
    perform private.refuse(
      code_of_none, format('There is no %s %s.', kind, id_prefix), format('See them with: aicost %ss', kind)
    );
  elsif how_many > 1 then
    perform private.refuse(
      code_of_several, format('Several %s ids start with %s.', kind, id_prefix), 'Give more characters of the id.'
    );
  end if;
end
$$;

-- For a project that demands a second factor: PostgREST can be told to call it before each request (docs/supabase.md). It
-- refuses a user whose session was not proven by one, whatever is asked for.
create or replace function private.require_second_factor() returns void
language plpgsql stable
set search_path = ''
as $$
begin
  if auth.role() = 'authenticated' and auth.jwt() ->> 'aal' is distinct from 'aal2' then
    perform private.refuse(
      'second_factor_missing', 'This project demands a second factor.', 'Sign in with it: aicost login'
    );
  end if;
end
$$;

revoke all on all functions in schema private from public;
grant execute on all functions in schema private to authenticated, service_role;
