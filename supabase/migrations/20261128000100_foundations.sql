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

-- The signed-in user, or an error.
create or replace function private.require_user() returns uuid
language plpgsql stable
set search_path = ''
as $$
begin
  if auth.uid() is null then
    perform private.refuse('not_signed_in', 'You are not signed in.', 'Sign in with: aicost login');
  end if;
  return auth.uid();
end
$$;

-- The decimal string of an exact amount: no exponent, no trailing zeros.
create or replace function private.decimal_text(amount numeric) returns text
language sql immutable
set search_path = ''
as $$
  select trim_scale(amount)::text
$$;

-- RFC 3339 in UTC, with as many decimals of the second as it has.
create or replace function private.moment_text(moment timestamptz) returns text
language sql stable
set search_path = ''
as $$
  select regexp_replace(to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '\.?0+$', '') || 'Z'
$$;

revoke all on all functions in schema private from public;
grant execute on all functions in schema private to authenticated, service_role;
