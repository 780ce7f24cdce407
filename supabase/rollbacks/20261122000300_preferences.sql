-- Undoes 20261122000300_preferences. The users' settings are lost.

drop function if exists public.set_preferences, public.get_preferences;
drop trigger if exists add_preferences on auth.users;
drop function if exists private.add_preferences;
drop table if exists public.user_preferences;
drop function if exists private.is_timezone;
