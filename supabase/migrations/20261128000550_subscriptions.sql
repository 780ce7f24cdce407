-- Subscriptions, and their charges. A charge counts from the day on which it is due; the next change of the user's records
-- books it as a record, under an id that is the same on every machine.

-- Whether these are the prices of a subscription: at least one, in the order of their days.
create or replace function private.are_plan_prices(prices jsonb) returns boolean
language sql immutable
set search_path = ''
as $$
  select coalesce(
    jsonb_array_length(prices) > 0 and bool_and(
      p.value ->> 'from' ~ '^\d{4}-\d{2}-\d{2}$' and p.value ->> 'cost' ~ '^\d{1,8}(\.\d{1,10})?$'
      and jsonb_typeof(p.value -> 'is_listed') = 'boolean'
    ),
    false
  )
  from jsonb_array_elements(case when jsonb_typeof(prices) = 'array' then prices else '[]' end) p
$$;

create table if not exists public.subscriptions (
  id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  provider_id uuid not null references public.providers (id),
  name varchar(100) not null check (name ~ '^[a-z0-9][a-z0-9._+-]*$'),
  plan varchar(100) not null check (plan <> ''),
  period varchar(5) not null check (period in ('week', 'month', 'year')),
  currency varchar(3) not null check (currency ~ '^[A-Z]{3}$'),
  prices jsonb not null check (private.are_plan_prices(prices))
    constraint subscriptions_prices_size check (pg_column_size(prices) <= 65536),
  seats int not null default 1 check (seats between 1 and 100000),
  tax_percent numeric(7, 4) check (tax_percent between 0 and 100),
  since date not null check (since between '2015-01-01' and '2100-12-31'),
  trial_until date check (trial_until between since and '2100-12-31'),
  cancelled_on date,
  -- A charge each week from 2015 to 2100 is 4,500 days.
  booked date[] not null default '{}' constraint subscriptions_booked_size check (cardinality(booked) <= 5000),
  removed date[] not null default '{}' constraint subscriptions_removed_size check (cardinality(removed) <= 5000),
  taken_over jsonb not null default '{}' check (jsonb_typeof(taken_over) = 'object')
    constraint subscriptions_taken_over_size check (pg_column_size(taken_over) <= 1048576),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  -- The id is made of what the subscription is: two users may have the same one.
  primary key (id, user_id),
  unique (user_id, name)
);
comment on table public.subscriptions is 'What a user pays for again and again. private.due_days says when.';
comment on column public.subscriptions.prices is
  'What a seat costs for a period before tax, by the first day of each price: [{"from": "2026-01-15", "cost": "20", "is_listed": true}].';
comment on column public.subscriptions.tax_percent is 'Added to the price; null if the price is what is charged.';
comment on column public.subscriptions.trial_until is 'The first charge is due on this day instead of the first one.';
comment on column public.subscriptions.cancelled_on is 'Nothing is due from this day on.';
comment on column public.subscriptions.booked is 'Due days whose charge is a record, or was one.';
comment on column public.subscriptions.removed is 'Due days without a charge: it was removed by hand, or an entry by hand is there instead.';
comment on column public.subscriptions.taken_over is 'By due day, the id that a charge had as an entry by hand.';

alter table public.subscriptions enable row level security;

drop policy if exists "Users see their own subscriptions" on public.subscriptions;
create policy "Users see their own subscriptions" on public.subscriptions
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users add their own subscriptions" on public.subscriptions;
create policy "Users add their own subscriptions" on public.subscriptions
  for insert to authenticated
  with check ((select auth.uid()) = user_id and provider_id in (select id from public.providers));
drop policy if exists "Users change their own subscriptions" on public.subscriptions;
create policy "Users change their own subscriptions" on public.subscriptions
  for update to authenticated using ((select auth.uid()) = user_id)
  with check ((select auth.uid()) = user_id and provider_id in (select id from public.providers));
drop policy if exists "Users delete their own subscriptions" on public.subscriptions;
create policy "Users delete their own subscriptions" on public.subscriptions
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke all on public.subscriptions from anon, authenticated;
grant select, insert, update, delete on public.subscriptions to authenticated, service_role;

create or replace function private.today_of(of_user uuid) returns date
language sql stable
set search_path = ''
as $$
  select (
    now() at time zone coalesce((select p.timezone from public.user_preferences p where p.user_id = of_user), 'UTC')
  )::date
$$;

create or replace function private.subscription_id(provider text, name text, since date) returns uuid
language sql immutable
set search_path = ''
as $$
  select md5(concat_ws(chr(10), 'aicost subscription', provider, name, since::text))::uuid
$$;

create or replace function private.charge_id(subscription_id uuid, due_on date) returns uuid
language sql immutable
set search_path = ''
as $$
  select md5(concat_ws(chr(10), 'aicost charge', subscription_id::text, due_on::text))::uuid
$$;

-- The only place that says when a subscription is due: on its first day, or when its trial ends, and then each week, month
-- or year on the same day. A shorter month has its charge on its last day, and the next one is on the day of the first
-- again; 29 February is the same by years.
create or replace function private.due_days(s public.subscriptions, from_day date, through date) returns setof date
language sql immutable
set search_path = ''
as $$
  select d.day
  from (select coalesce(s.trial_until, s.since) as first_day) a
  cross join lateral generate_series(
    0, (through - a.first_day) / case s.period when 'week' then 7 when 'month' then 28 else 365 end
  ) n
  cross join lateral (
    select (
      a.first_day + n * case s.period when 'week' then interval '7 days' when 'month' then interval '1 month' else interval '1 year' end
    )::date as day
  ) d
  where d.day between from_day and through and (s.cancelled_on is null or d.day < s.cancelled_on)
  order by d.day
$$;

-- What is charged on a day, in the currency of the subscription: to the cent with tax, else exactly the price of all seats.
create or replace function private.charge_amount(s public.subscriptions, due_on date) returns numeric
language sql immutable
set search_path = ''
as $$
  select case
    when s.tax_percent is null then p.cost * s.seats
    else round(
      p.cost * s.seats * (1 + s.tax_percent / 100), case when s.currency in ('JPY', 'KRW', 'CLP', 'ISK', 'VND') then 0 else 2 end
    )
  end
  from (
    select (e.value ->> 'cost')::numeric as cost
    from jsonb_array_elements(s.prices) e
    order by (e.value ->> 'from')::date <= due_on desc, abs((e.value ->> 'from')::date - due_on)
    limit 1
  ) p
$$;

-- The rate of a day, as `rateBetween` has it: the newest dated one on or before the day, at most seven days old, else one
-- without a date. US dollars for so many units; null if there is none.
create or replace function private.rate_on(
  of_user uuid, currency text, day date, out usd numeric, out units numeric, out rate_day date, out source text
)
language sql stable
set search_path = ''
as $$
  select k.usd, k.units, k.rate_day, k.source
  from (
    select 1::numeric as usd, 1::numeric as units, null::date as rate_day, null::text as source, 0 as place
    where currency = 'USD'
    union all
    select s.usd, 1, s.day, 'set', 1
    from (
      select (r.rates ->> currency)::numeric as usd, r.day
      from public.exchange_rates r
      where r.user_id = of_user and r.source = 'set' and r.day > '-infinity' and r.day <= rate_on.day and r.rates ? currency
      order by r.day desc
      limit 1
    ) s
    where rate_on.day - s.day <= 7
    union all
    select b.usd, b.units, b.day, 'ecb', 2
    from (
      select
        (r.rates ->> 'USD')::numeric as usd, r.day,
        case when currency = 'EUR' then 1 else (r.rates ->> currency)::numeric end as units
      from public.exchange_rates r
      where r.user_id = of_user and r.source = 'ecb' and r.day <= rate_on.day
      order by r.day desc
      limit 1
    ) b
    where rate_on.day - b.day <= 7 and b.units is not null
    union all
    select (r.rates ->> currency)::numeric, 1, null, 'set', 3
    from public.exchange_rates r
    where r.user_id = of_user and r.source = 'set' and r.day = '-infinity' and r.rates ? currency
  ) k
  order by k.rate_day desc nulls last, k.place
  limit 1
$$;

-- The charges of a user between two days, ends included: those that are due and not booked, or with `all_of_them` all.
-- `usd` is null if there is no rate; days to come have that of today. `original` is what is kept of another currency.
create or replace function private.charges(of_user uuid, from_day date, through date, all_of_them boolean default false)
returns table (
  subscription_id uuid, provider_id uuid, name varchar, plan varchar, due_on date, currency varchar, amount numeric,
  usd numeric, original jsonb, record_id uuid
)
language plpgsql stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- To plan the query takes longer than all else in many calls.
  if not exists (select from public.subscriptions s where s.user_id = of_user) then
    return;
  end if;
  return query
  with days as (
    select
      s, d.day, private.charge_id(s.id, d.day) as record_id, private.charge_amount(s, d.day) as amount,
      d.day = any (s.booked) as is_settled
    from public.subscriptions s
    cross join lateral private.due_days(s, from_day, through) d (day)
    where s.user_id = of_user and d.day <> all (s.removed)
  ),
  looked_up as (
    select
      d.*,
      d.is_settled or exists (
        select from public.cost_records r
        where r.id = d.record_id and r.timestamp = d.day::timestamp at time zone 'UTC' and r.user_id = of_user
      ) as is_booked
    from days d
    where all_of_them or not d.is_settled
  )
  select
    (l.s).id, (l.s).provider_id, (l.s).name, (l.s).plan, l.day, (l.s).currency, l.amount,
    round((l.amount * r.usd)::numeric(60, 40) / r.units, 10),
    case when (l.s).currency <> 'USD' and r.usd is not null then jsonb_strip_nulls(jsonb_build_object(
      'currency', (l.s).currency,
      'amount', trim_scale(l.amount)::text,
      'rate', trim_scale(round(r.usd::numeric(60, 40) / r.units, 20))::text,
      'rate_date', r.rate_day,
      'rate_source', r.source
    )) end,
    l.record_id
  from looked_up l
  left join lateral private.rate_on(of_user, (l.s).currency, least(l.day, private.today_of(of_user))) r on true
  where all_of_them or not l.is_booked;
end
$$;

-- Makes records of the charges of the signed-in user that are due and have a rate. Returns how many.
create or replace function private.book_due() returns bigint
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  today date := private.today_of(me);
  booked bigint;
begin
  if not exists (select from private.charges(me, '-infinity', today) c where c.usd is not null) then
    return 0;
  end if;
  -- Waits for other sessions of the user that book, and then sees what these have.
  perform from public.subscriptions s where s.user_id = me order by s.id for update;
  perform private.add_month(c.month)
  from (
    select distinct date_trunc('month', c.due_on)::date as month
    from private.charges(me, '-infinity', today) c
    where c.usd is not null
  ) c;
  with due as materialized (
    select c.* from private.charges(me, '-infinity', today) c where c.usd is not null
  ),
  added as (
    insert into public.cost_records (
      id, user_id, provider_id, timestamp, granularity, kind, cost_usd, collection_method, metadata
    )
    select
      d.record_id, me, d.provider_id, d.due_on::timestamp at time zone 'UTC', 'day', 'subscription', d.usd, 'manual_entry',
      jsonb_strip_nulls(jsonb_build_object(
        'cost_basis', 'billed',
        'original', d.original,
        'note', d.name,
        'renewal', jsonb_build_object('subscription', d.subscription_id, 'due_on', d.due_on)
      ))
    from due d
    on conflict do nothing
    returning 1
  ),
  noted as (
    update public.subscriptions s
    set booked = s.booked || array(select d.due_on from due d where d.subscription_id = s.id order by d.due_on)
    where s.user_id = me and s.id in (select d.subscription_id from due d)
  )
  select count(*) into strict booked from added;
  return booked;
end
$$;

-- The records that are charges of a subscription, wherever they have been moved to.
create or replace function private.booked_charges(s public.subscriptions) returns setof public.cost_records
language sql stable
set search_path = ''
as $$
  select r.*
  from public.cost_records r
  where r.user_id = s.user_id and r.id = any (array(select private.charge_id(s.id, b) from unnest(s.booked) b))
$$;

-- Takes back charges of a subscription that are not what it would charge now, to be booked again: not those that were edited
-- or entered by hand. Returns how many, and how many of these stay.
create or replace function private.withdraw_charges(s public.subscriptions, out withdrawn bigint, out kept bigint)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  gone date[];
begin
  with other as materialized (
    select
      b.id, b.timestamp, d.due_on, b.metadata ? 'edited_at' or s.taken_over ? d.due_on::text as is_by_hand
    from private.booked_charges(s) b
    cross join lateral (select (b.metadata #>> '{renewal,due_on}')::date as due_on) d
    where not exists (select from private.due_days(s, d.due_on, d.due_on))
      or coalesce((b.metadata #>> '{original,amount}')::numeric, b.cost_usd) <> private.charge_amount(s, d.due_on)
  ),
  taken as (
    delete from public.cost_records r
    using other o
    where r.id = o.id and r.timestamp = o.timestamp and r.user_id = s.user_id and not o.is_by_hand
  )
  select coalesce(array_agg(o.due_on) filter (where not o.is_by_hand), '{}'), count(*) filter (where o.is_by_hand)
  into strict gone, kept
  from other o;
  withdrawn := cardinality(gone);
  update public.subscriptions o
  set booked = array(select b from unnest(o.booked) b where b <> all (gone) order by b)
  where o.user_id = s.user_id and o.id = s.id;
end
$$;

create or replace function private.subscription_json(s public.subscriptions) returns jsonb
language sql stable
set search_path = ''
as $$
  select to_jsonb(s) - array['user_id', 'provider_id'] || jsonb_build_object(
    'provider', (select p.name from public.providers p where p.id = s.provider_id),
    'tax_percent', trim_scale(s.tax_percent)::text,
    'created_at', private.moment_text(s.created_at),
    'updated_at', private.moment_text(s.updated_at)
  )
$$;

-- With when it is due next and what that will be, and what it has charged so far.
create or replace function private.subscription_state(s public.subscriptions) returns jsonb
language sql stable
set search_path = ''
as $$
  select private.subscription_json(s) - array['booked', 'removed', 'taken_over'] || jsonb_build_object(
    'next', (
      select jsonb_build_object('due_on', n.day, 'amount', trim_scale(private.charge_amount(s, n.day))::text)
      from (
        select min(d) as day from private.due_days(s, t.today + 1, greatest(t.today, s.since, s.trial_until) + 400) d
      ) n
      where n.day is not null
    ),
    'charged', (
      select jsonb_build_object('count', count(*), 'usd', trim_scale(coalesce(sum(c.usd), 0))::text)
      from (
        select r.cost_usd as usd from private.booked_charges(s) r
        union all
        select c.usd from private.charges(s.user_id, '-infinity', t.today) c where c.subscription_id = s.id and c.usd is not null
      ) c
    )
  )
  from (select private.today_of(s.user_id) as today) t
$$;

create or replace function private.own_subscription(subscription_id uuid) returns public.subscriptions
language plpgsql
set search_path = ''
as $$
declare
  found public.subscriptions;
begin
  select s.* into found
  from public.subscriptions s
  where s.user_id = private.require_user() and s.id = subscription_id
  for update;
  if found.id is null then
    perform private.refuse('subscription_unknown', 'There is no such subscription.', 'See them with: aicost subscriptions');
  end if;
  return found;
end
$$;

-- A subscription as it is given, of the signed-in user.
create or replace function private.given_subscription(subscription jsonb) returns public.subscriptions
language plpgsql stable
set search_path = ''
as $$
declare
  given public.subscriptions := jsonb_populate_record(null::public.subscriptions, subscription);
begin
  given.user_id := private.require_user();
  given.provider_id := private.provider_id(subscription ->> 'provider');
  given.id := private.subscription_id(subscription ->> 'provider', given.name, given.since);
  given.booked := '{}';
  given.removed := '{}';
  given.taken_over := '{}';
  given.created_at := clock_timestamp();
  given.updated_at := given.created_at;
  return given;
end
$$;

-- Entries by hand of the same provider that are on the due days of a subscription: by due day the first one.
create or replace function private.entries_of(s public.subscriptions)
returns table (due_on date, record public.cost_records)
language sql stable
set search_path = ''
as $$
  select distinct on (d.day) d.day, r
  from public.cost_records r
  cross join lateral (
    select (
      r.timestamp at time zone case
        when r.granularity in ('day', 'month') then 'UTC'
        else coalesce((select p.timezone from public.user_preferences p where p.user_id = s.user_id), 'UTC')
      end
    )::date as day
  ) l
  cross join lateral private.due_days(s, l.day, l.day) d (day)
  where r.user_id = s.user_id and r.provider_id = s.provider_id and r.kind = 'subscription'
    and r.collection_method = 'manual_entry' and r.sheet_id is null and not r.metadata ? 'renewal'
  order by d.day, r.timestamp, r.id
$$;

-- The entries by hand that would be charges of a subscription, if it were added.
create or replace function public.find_subscription_entries(subscription jsonb) returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(private.record_json(e.record) order by e.due_on), '[]')
    from private.entries_of(private.given_subscription(subscription)) e
  );
end
$$;

-- Adds a subscription of the signed-in user, and books its charges so far. Entries by hand on its due days are taken over
-- (`take_over`), or stay as they are instead of charges (`keep`); without either they are refused.
create or replace function public.add_subscription(subscription jsonb, entries text default null) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  added public.subscriptions := private.given_subscription(subscription);
  me uuid := added.user_id;
begin
  if exists (select from public.subscriptions s where s.user_id = me and (s.name = added.name or s.id = added.id)) then
    perform private.refuse(
      'subscription_exists',
      format('There is a subscription “%s” already.', added.name),
      'Change it with: aicost subscriptions change. For a second one of this plan, give it a name: --name NAME'
    );
  end if;
  if entries is null and exists (select from private.entries_of(added)) then
    perform private.refuse(
      'subscription_entries',
      'Entries by hand are on days on which this subscription is due.',
      'Make them its charges with --take-over, or let them count instead with --keep.'
    );
  end if;
  -- Charges that stayed when it was removed are its own again.
  added.booked := array(
    select d from private.due_days(added, '-infinity', private.today_of(me)) d
    where exists (select from public.cost_records r where r.user_id = me and r.id = private.charge_id(added.id, d))
  );
  if entries = 'keep' then
    added.removed := array(select e.due_on from private.entries_of(added) e);
  elsif entries = 'take_over' then
    with own as materialized (
      select e.due_on, e.record from private.entries_of(added) e where e.due_on <> all (added.booked)
    ),
    gone as (
      delete from public.cost_records r
      using own o
      where r.id = (o.record).id and r.timestamp = (o.record).timestamp and r.user_id = me
    ),
    back as (
      insert into public.cost_records
      select n.*
      from own o
      cross join lateral jsonb_populate_record(o.record, jsonb_build_object(
        'id', private.charge_id(added.id, o.due_on),
        'metadata', (o.record).metadata
          || jsonb_build_object('renewal', jsonb_build_object('subscription', added.id, 'due_on', o.due_on))
      )) n
    )
    select added.booked || coalesce(array_agg(o.due_on), '{}'), coalesce(jsonb_object_agg(o.due_on, (o.record).id), '{}')
    into strict added.booked, added.taken_over
    from own o;
  end if;
  insert into public.subscriptions select added.*;
  perform private.book_due();
  return private.subscription_state(private.own_subscription(added.id));
end
$$;

-- Changes a subscription: `price` from its first day on, or `cancelled_on`, null if it goes on. Its charges so far follow,
-- but for those that were edited or entered by hand.
create or replace function public.change_subscription(subscription_id uuid, changes jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  s public.subscriptions := private.own_subscription(subscription_id);
  moved record;
begin
  if changes ? 'price' then
    s.prices := (
      select jsonb_agg(p.value order by p.value ->> 'from')
      from (
        select e.value from jsonb_array_elements(s.prices) e where e.value ->> 'from' <> changes #>> '{price,from}'
        union all
        select changes -> 'price'
      ) p
    );
  end if;
  if changes ? 'cancelled_on' then
    s.cancelled_on := (changes ->> 'cancelled_on')::date;
  end if;
  select w.* into strict moved from private.withdraw_charges(s) w;
  update public.subscriptions o
  set prices = s.prices, cancelled_on = s.cancelled_on, updated_at = clock_timestamp()
  where o.user_id = s.user_id and o.id = s.id;
  return jsonb_build_object(
    'withdrawn', moved.withdrawn,
    'kept', moved.kept,
    'booked', private.book_due(),
    'subscription', private.subscription_state(private.own_subscription(s.id))
  );
end
$$;

-- Removes a subscription, and its charges as if it had never been added: entries that it took over are as before. With
-- `keep_charges` they stay, as entries by hand.
create or replace function public.remove_subscription(subscription_id uuid, keep_charges boolean default false) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  s public.subscriptions := private.own_subscription(subscription_id);
  removed bigint := 0;
  usd numeric := 0;
  restored bigint := 0;
begin
  if keep_charges then
    perform private.book_due();
  else
    with charges as materialized (
      select b as record, b.metadata #>> '{renewal,due_on}' as due_on from private.booked_charges(s) b
    ),
    gone as (
      delete from public.cost_records r
      using charges c
      where r.id = (c.record).id and r.timestamp = (c.record).timestamp and r.user_id = s.user_id
    ),
    back as (
      insert into public.cost_records
      select n.*
      from charges c
      cross join lateral jsonb_populate_record(c.record, jsonb_build_object(
        'id', s.taken_over ->> c.due_on, 'metadata', (c.record).metadata - array['renewal', 'edited_at']
      )) n
      where s.taken_over ? c.due_on
    )
    select
      count(*) filter (where not s.taken_over ? c.due_on),
      coalesce(sum((c.record).cost_usd) filter (where not s.taken_over ? c.due_on), 0),
      count(*) filter (where s.taken_over ? c.due_on)
    into strict removed, usd, restored
    from charges c;
  end if;
  delete from public.subscriptions o where o.user_id = s.user_id and o.id = s.id;
  return jsonb_build_object('removed', removed, 'usd', trim_scale(usd)::text, 'restored', restored);
end
$$;

create or replace function public.list_subscriptions() returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(l.state order by l.state #>> '{next,due_on}', l.state ->> 'name'), '[]')
  from (
    select private.subscription_state(s) as state from public.subscriptions s where s.user_id = private.require_user()
  ) l
$$;

create or replace function private.charges_json(
  of_user uuid, from_day date, to_day date, all_of_them boolean default false
) returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'name', c.name, 'provider', p.name, 'plan', c.plan, 'due_on', c.due_on, 'amount', trim_scale(c.amount)::text,
        'currency', c.currency, 'usd', trim_scale(c.usd)::text
      )
      order by c.due_on, c.name
    ),
    '[]'
  )
  from private.charges(of_user, from_day, to_day, all_of_them) c
  join public.providers p on p.id = c.provider_id
$$;

-- All charges of the signed-in user that are due between two days, ends included, whether they are booked or not.
create or replace function public.list_charges(from_day date, to_day date) returns jsonb
language sql stable
set search_path = ''
as $$
  select private.charges_json(private.require_user(), from_day, to_day, true)
$$;

-- The next day on which a charge is due, null if none is; the charges that are due and not booked; and those to come soon.
create or replace function public.get_due() returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'next_due', (
      select min(d)
      from public.subscriptions s
      cross join lateral private.due_days(s, t.today + 1, greatest(t.today, s.since, s.trial_until) + 400) d
      where s.user_id = t.me
    ),
    'unbooked', private.charges_json(t.me, '-infinity', t.today),
    -- More than what is left of a month and a week, for which a forecast is used.
    'coming', private.charges_json(t.me, t.today + 1, t.today + 62, true)
  )
  from (select private.require_user() as me, private.today_of(auth.uid()) as today) t
$$;

create or replace function public.book_due_charges() returns bigint
language sql
set search_path = ''
as $$
  select private.book_due()
$$;

revoke all on function
  private.are_plan_prices, private.today_of, private.subscription_id, private.charge_id, private.due_days,
  private.charge_amount, private.rate_on, private.charges, private.book_due, private.booked_charges,
  private.withdraw_charges, private.subscription_json, private.subscription_state, private.own_subscription,
  private.given_subscription, private.entries_of, private.charges_json
  from public;
grant execute on function
  private.are_plan_prices, private.today_of, private.subscription_id, private.charge_id, private.due_days,
  private.charge_amount, private.rate_on, private.charges, private.book_due, private.booked_charges,
  private.withdraw_charges, private.subscription_json, private.subscription_state, private.own_subscription,
  private.given_subscription, private.entries_of, private.charges_json
  to authenticated, service_role;
revoke all on function
  public.find_subscription_entries, public.add_subscription, public.change_subscription, public.remove_subscription,
  public.list_subscriptions, public.list_charges, public.get_due, public.book_due_charges
  from public, anon;
grant execute on function
  public.find_subscription_entries, public.add_subscription, public.change_subscription, public.remove_subscription,
  public.list_subscriptions, public.list_charges, public.get_due, public.book_due_charges
  to authenticated, service_role;
