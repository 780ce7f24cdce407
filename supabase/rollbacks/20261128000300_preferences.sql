-- Undoes 20261128000300_preferences. The users' settings are lost.

drop function if exists public.set_preferences, public.get_preferences;
-- With its trigger, which only the owner of auth.users could drop by name.
drop function if exists private.add_preferences cascade;
drop table if exists public.user_preferences;
drop function if exists private.is_timezone;
