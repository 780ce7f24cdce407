-- Exchange rates of each user. Those of the European Central Bank are a row a day: the whole history of 41 currencies
-- takes a twentieth of what a row for each of them would.

-- Whether all values of an object are rates: plain decimals above zero.
create or replace function private.are_rates(rates jsonb) returns boolean
language sql immutable
set search_path = ''
as $$
  select coalesce(
    bool_and(r.key ~ '^[A-Z]{3}$' and r.value ~ '^[0-9]{1,12}(\.[0-9]{1,20})?$' and r.value ~ '[1-9]'), false
  )
  from jsonb_each_text(rates) r
$$;

create table if not exists public.exchange_rates (
  user_id uuid not null references auth.users (id) on delete cascade,
  source text not null check (source in ('set', 'ecb')),
  day date not null,
  rates jsonb not null check (jsonb_typeof(rates) = 'object' and private.are_rates(rates))
    constraint exchange_rates_rates_size check (pg_column_size(rates) <= 65536),
  primary key (source, day, user_id),
  check (source = 'set' or (day > '-infinity' and rates ? 'USD'))
);
comment on table public.exchange_rates is 'Exchange rates by day. Those of the source set, which the user gave: US dollars for one unit. Those of ecb: units for one euro.';
comment on column public.exchange_rates.day is 'The day of the rates; -infinity: they hold on each day without a dated rate.';
comment on column public.exchange_rates.rates is 'By ISO 4217 code, decimal strings.';

alter table public.exchange_rates enable row level security;

drop policy if exists "Users see their own rates" on public.exchange_rates;
create policy "Users see their own rates" on public.exchange_rates
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users add their own rates" on public.exchange_rates;
create policy "Users add their own rates" on public.exchange_rates
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users change their own rates" on public.exchange_rates;
create policy "Users change their own rates" on public.exchange_rates
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users delete their own rates" on public.exchange_rates;
create policy "Users delete their own rates" on public.exchange_rates
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke all on public.exchange_rates from anon, authenticated;
grant select, insert, update, delete on public.exchange_rates to authenticated, service_role;

-- Before there was a table, preferences had rates that hold on every day.
insert into public.exchange_rates (user_id, source, day, rates)
select user_id, 'set', '-infinity', metadata -> 'rates'
from public.user_preferences
where jsonb_typeof(metadata -> 'rates') = 'object' and private.are_rates(metadata -> 'rates')
on conflict do nothing;
update public.user_preferences set metadata = metadata - 'rates' where metadata ? 'rates';

-- What is stored of one currency for the days of a range, and for the week before it; null is open.
create or replace function public.get_rates(currency text, from_day date default null, to_day date default null)
returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'undated', max(r.rates ->> currency) filter (where r.source = 'set' and r.day = '-infinity'),
    'set', coalesce(
      jsonb_agg(jsonb_build_array(r.day, r.rates ->> currency) order by r.day)
        filter (where r.source = 'set' and r.day > '-infinity' and r.rates ? currency),
      '[]'
    ),
    'ecb', coalesce(
      jsonb_agg(
        jsonb_build_array(
          r.day, r.rates ->> 'USD', case when currency = 'EUR' then '1' else r.rates ->> currency end
        ) order by r.day
      ) filter (where r.source = 'ecb'),
      '[]'
    )
  )
  from public.exchange_rates r
  where r.user_id = private.require_user()
    and (r.day = '-infinity' or r.day >= coalesce(from_day - 7, '-infinity'))
    and r.day <= coalesce(to_day, 'infinity')
$$;

-- All rates that the user set, and the newest ones of the European Central Bank.
create or replace function public.list_rates() returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'set', (
      select coalesce(
        jsonb_agg(
          jsonb_build_object('currency', e.key, 'date', nullif(r.day, '-infinity'), 'usd', e.value) order by e.key, r.day
        ),
        '[]'
      )
      from public.exchange_rates r
      cross join lateral jsonb_each_text(r.rates) e
      where r.user_id = me and r.source = 'set'
    ),
    'ecb', (
      select case when count(*) > 0 then jsonb_build_object(
        'days', count(*),
        'first_day', min(r.day),
        'last_day', max(r.day),
        'rates', (array_agg(r.rates order by r.day desc))[1]
      ) end
      from public.exchange_rates r
      where r.user_id = me and r.source = 'ecb'
    )
  )
  from private.require_user() me
$$;

-- US dollars for one unit of a currency, from the user: on one day, or without a day on each that has no dated rate.
create or replace function public.set_rate(currency text, day date, usd text) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
begin
  if currency = 'USD' or not private.are_rates(jsonb_build_object(currency, usd)) then
    perform private.refuse(
      'bad_rate', format('“%s” is not a rate for %s.', usd, currency), 'For example: aicost rates set EUR 1.08'
    );
  end if;
  insert into public.exchange_rates as r (user_id, source, day, rates)
  values (me, 'set', coalesce(set_rate.day, '-infinity'), jsonb_build_object(currency, usd))
  on conflict (source, day, user_id) do update set rates = r.rates || excluded.rates;
  return null;
end
$$;

-- Takes away what `set_rate` added, and says what it was; null if there is no such rate.
create or replace function public.remove_rate(currency text, day date) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  wanted date := coalesce(remove_rate.day, '-infinity');
  usd text;
begin
  select r.rates ->> remove_rate.currency into usd
  from public.exchange_rates r
  where r.user_id = me and r.source = 'set' and r.day = wanted
  for update;
  delete from public.exchange_rates r
  where r.user_id = me and r.source = 'set' and r.day = wanted and r.rates - remove_rate.currency = '{}';
  update public.exchange_rates r set rates = r.rates - remove_rate.currency
  where r.user_id = me and r.source = 'set' and r.day = wanted;
  return to_jsonb(usd);
end
$$;

-- Takes days of the European Central Bank in, all or none. A later file replaces what it says otherwise.
create or replace function public.add_rate_days(days jsonb) returns jsonb
language sql
set search_path = ''
as $$
  with given as (
    select (d ->> 'day')::date as day, d -> 'rates' as rates from jsonb_array_elements(days) d
  ),
  before as materialized (
    select r.day, r.rates
    from public.exchange_rates r
    where r.user_id = auth.uid() and r.source = 'ecb' and r.day = any (array(select g.day from given g))
  ),
  added as (
    insert into public.exchange_rates as r (user_id, source, day, rates)
    select private.require_user(), 'ecb', g.day, g.rates from given g
    on conflict (source, day, user_id) do update set rates = excluded.rates where r.rates <> excluded.rates
    returning r.day
  )
  select jsonb_build_object(
    'inserted', count(*) filter (where b.day is null),
    'updated', count(*) filter (where b.day is not null and b.rates <> g.rates),
    'unchanged', count(*) filter (where b.rates = g.rates)
  )
  from given g
  left join before b on b.day = g.day
$$;

-- Takes all days of the European Central Bank away, and says how many there were.
create or replace function public.remove_rate_days() returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  removed bigint;
begin
  delete from public.exchange_rates where user_id = private.require_user() and source = 'ecb';
  get diagnostics removed = row_count;
  return to_jsonb(removed);
end
$$;

revoke all on function
  public.get_rates, public.list_rates, public.set_rate, public.remove_rate, public.add_rate_days, public.remove_rate_days
  from public, anon;
grant execute on function
  public.get_rates, public.list_rates, public.set_rate, public.remove_rate, public.add_rate_days, public.remove_rate_days
  to authenticated, service_role;
revoke all on function private.are_rates from public;
grant execute on function private.are_rates to authenticated, service_role;
