-- Prepaid credit. Credit that was bought is a record (a top-up); credit that was granted, and balances that were set, are
-- entries here. What is left of it is computed from these and from the usage of each day (src/lib/credits/ledger.ts).

create table if not exists public.credit_entries (
  id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  provider_id uuid not null references public.providers (id),
  kind varchar(5) not null check (kind in ('grant', 'set')),
  timestamp timestamptz not null check (timestamp >= '2015-01-01' and timestamp < '2101-01-01'),
  granularity varchar(5) not null check (granularity in ('event', 'day')),
  usd numeric(18, 10) not null check (kind = 'set' or usd > 0),
  expires_on date check (expires_on between '2015-01-01' and '2200-12-31'),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object')
    constraint credit_entries_metadata_size check (pg_column_size(metadata) <= 65536),
  created_at timestamptz not null default clock_timestamp(),
  -- Two users may restore the same archive.
  primary key (id, user_id)
);
comment on table public.credit_entries is 'Credit that a provider granted, and balances that were set. Credit that was bought is a cost record.';
comment on column public.credit_entries.kind is
  'grant: credit that nothing was paid for. set: the balance of the provider; what is older does not count any more.';
comment on column public.credit_entries.granularity is
  'day belongs to the calendar date of its midnight UTC, event to the date in the user''s time zone.';
comment on column public.credit_entries.expires_on is 'The last day on which it can be used; null if it does not expire, or if that is not known.';
comment on column public.credit_entries.metadata is 'note, and original: what was converted, if the amount was not in US dollars.';

-- Few records are top-ups: to look for them, most records need not be read.
create index if not exists cost_records_top_up_idx on public.cost_records (user_id, provider_id) where kind = 'top_up';

alter table public.credit_entries enable row level security;

drop policy if exists "Users see their own credit" on public.credit_entries;
create policy "Users see their own credit" on public.credit_entries
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users add their own credit" on public.credit_entries;
create policy "Users add their own credit" on public.credit_entries
  for insert to authenticated
  with check ((select auth.uid()) = user_id and provider_id in (select id from public.providers));
drop policy if exists "Users change their own credit" on public.credit_entries;
create policy "Users change their own credit" on public.credit_entries
  for update to authenticated using ((select auth.uid()) = user_id)
  with check ((select auth.uid()) = user_id and provider_id in (select id from public.providers));
drop policy if exists "Users delete their own credit" on public.credit_entries;
create policy "Users delete their own credit" on public.credit_entries
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke all on public.credit_entries from anon, authenticated;
grant select, insert, update, delete on public.credit_entries to authenticated, service_role;

create or replace function private.credit_entry_json(e public.credit_entries) returns jsonb
language sql stable
set search_path = ''
as $$
  select to_jsonb(e) - array['user_id', 'provider_id'] || jsonb_build_object(
    'provider', (select p.name from public.providers p where p.id = e.provider_id),
    'timestamp', private.moment_text(e.timestamp),
    'usd', trim_scale(e.usd)::text,
    'created_at', private.moment_text(e.created_at)
  )
$$;

-- Grants credit, or sets a balance instead of one that was set for the same moment. Sent again, it changes nothing.
create or replace function public.save_credit_entry(entry jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  saved public.credit_entries := jsonb_populate_record(null::public.credit_entries, entry);
begin
  saved.user_id := private.require_user();
  saved.provider_id := private.provider_id(entry ->> 'provider');
  saved.metadata := coalesce(saved.metadata, '{}');
  saved.created_at := clock_timestamp();
  delete from public.credit_entries e
  where e.user_id = saved.user_id
    and (
      e.id = saved.id
      or saved.kind = 'set' and e.kind = 'set' and e.provider_id = saved.provider_id and e.timestamp = saved.timestamp
    );
  insert into public.credit_entries select saved.*;
  return private.credit_entry_json(saved);
end
$$;

-- Adds credit that was bought, and the fee that was paid for it, both or neither.
create or replace function public.add_top_up(record jsonb, fee jsonb default null) returns jsonb
language plpgsql
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'record', public.add_cost_record(record),
    'fee', case when fee is not null then public.add_cost_record(fee) end
  );
end
$$;

-- Removes one entry by the first characters of its id: a grant, a balance that was set, or a top-up, with the fee that was
-- entered for it.
create or replace function public.remove_credit_entry(entry_id text) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  ids record := private.id_range(entry_id);
  entries public.credit_entries[] := array(
    select e from public.credit_entries e where e.user_id = me and e.id between ids.least_id and ids.greatest_id limit 2
  );
  top_ups public.cost_records[] := array(
    select r
    from public.cost_records r
    where r.user_id = me and r.kind = 'top_up' and r.id between ids.least_id and ids.greatest_id
    limit 2
  );
  fee public.cost_records;
begin
  perform private.require_one(
    cardinality(entries) + cardinality(top_ups), 'credit_not_found', 'credit_ambiguous', 'credit', entry_id
  );
  if cardinality(entries) = 1 then
    delete from public.credit_entries e where e.user_id = me and e.id = entries[1].id;
    return jsonb_build_object('entry', private.credit_entry_json(entries[1]), 'record', null, 'fee', null);
  end if;
  perform private.lock_imports();
  select r.* into fee
  from public.cost_records r
  where r.user_id = me and r.kind = 'fee' and r.timestamp = top_ups[1].timestamp
    and r.metadata ->> 'fee_of' = top_ups[1].id::text;
  perform private.remove_record(top_ups[1]);
  if fee.id is not null then
    perform private.remove_record(fee);
  end if;
  perform private.book_due();
  return jsonb_build_object(
    'entry', null,
    'record', private.record_json(top_ups[1]),
    'fee', case when fee.id is not null then private.record_json(fee) end
  );
end
$$;

-- What the signed-in user used of each provider on UTC dates from each of these days on, as far as it falls on that day or
-- the one before it in the time zone of the user: only these dates can be partly before the day and partly in it.
create or replace function private.usage_from(days date[])
returns table (start_day date, provider_id uuid, date date, usd numeric)
language plpgsql stable security definer
set search_path = ''
set jit = off
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
begin
  return query
  select
    d.day, s.provider_id, s.date,
    sum(
      s.total_cost_usd - s.total_subscription_usd - s.total_fee_usd - s.total_tax_usd - s.total_credit_usd
        + s.total_estimated_usd
    )
  from (select distinct unnest(days) as day) d
  cross join lateral private.sum_days(
    me, d.day::timestamp at time zone 'UTC', (d.day + 2)::timestamp at time zone 'UTC'
  ) s
  where s.date <= d.day
  group by 1, 2, 3;
end
$$;

-- What a ledger of prepaid credit is made of: the entries of each provider, and its usage from the day before its first one.
-- `splits` has what of the usage of a date is from a UTC day on, for the days on which a ledger starts; null if the user's
-- dates are those of UTC.
create or replace function public.get_credits() returns jsonb
language plpgsql stable
set search_path = ''
set jit = off
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  zone text := coalesce((select p.timezone from public.user_preferences p where p.user_id = me), 'UTC');
begin
  -- To plan the query takes longer than all else for most users.
  if not exists (select from public.credit_entries e where e.user_id = me)
    and not exists (select from public.cost_records r where r.user_id = me and r.kind = 'top_up')
  then
    return jsonb_build_object('entries', '[]'::jsonb, 'usage', '[]'::jsonb, 'splits', null);
  end if;
  return (
    with entries as materialized (
      select
        e.provider_id, e.id, e.kind::text as kind, e.timestamp, e.granularity, e.usd, e.expires_on::text as expires_on,
        e.metadata ->> 'note' as note
      from public.credit_entries e
      where e.user_id = me
      union all
      select
        r.provider_id, r.id, 'top_up', r.timestamp, r.granularity, r.topup_usd, r.metadata ->> 'expires_on',
        r.metadata ->> 'note'
      from public.cost_records r
      where r.user_id = me and r.kind = 'top_up' and r.topup_usd <> 0
    ),
    starts as materialized (
      select e.provider_id, min(e.timestamp at time zone 'UTC')::date as day, true as is_first from entries e group by 1
      union
      select e.provider_id, (e.timestamp at time zone 'UTC')::date, false from entries e where e.kind = 'set'
    ),
    used as materialized (
      select c.provider_id, c.date, sum(c.usage_usd + c.extra_usage_usd + c.estimated_usd) as usd
      from private.current_days((select min(s.day) - 1 from starts s), null) c
      join starts s on s.provider_id = c.provider_id and s.is_first and c.date >= s.day - 1
      group by 1, 2
      having sum(c.usage_usd + c.extra_usage_usd + c.estimated_usd) <> 0
    )
    select jsonb_build_object(
      'entries', (
        select coalesce(
          jsonb_agg(
            jsonb_build_object(
              'id', e.id, 'provider', p.name, 'kind', e.kind, 'timestamp', private.moment_text(e.timestamp),
              'date', (
                e.timestamp at time zone case when e.granularity in ('day', 'month') then 'UTC' else zone end
              )::date,
              'usd', trim_scale(e.usd)::text, 'expires_on', e.expires_on, 'note', e.note
            )
            order by p.name, e.timestamp, e.id
          ),
          '[]'
        )
        from entries e
        join public.providers p on p.id = e.provider_id
      ),
      'usage', (
        select coalesce(
          jsonb_agg(
            jsonb_build_object('provider', p.name, 'date', u.date, 'usd', trim_scale(u.usd)::text) order by p.name, u.date
          ),
          '[]'
        )
        from used u
        join public.providers p on p.id = u.provider_id
      ),
      'splits', case when zone <> 'UTC' then (
        select coalesce(
          jsonb_agg(
            jsonb_build_object('provider', p.name, 'start', f.start_day, 'date', f.date, 'usd', trim_scale(f.usd)::text)
            order by p.name, f.start_day, f.date
          ),
          '[]'
        )
        from private.usage_from(array(select s.day from starts s)) f
        join (select distinct s.provider_id, s.day from starts s) s on s.provider_id = f.provider_id and s.day = f.start_day
        join public.providers p on p.id = f.provider_id
        where f.usd <> 0
      ) end
    )
  );
end
$$;

revoke all on function private.credit_entry_json, private.usage_from from public;
grant execute on function private.credit_entry_json, private.usage_from to authenticated, service_role;
revoke all on function
  public.save_credit_entry, public.add_top_up, public.remove_credit_entry, public.get_credits
  from public, anon;
grant execute on function
  public.save_credit_entry, public.add_top_up, public.remove_credit_entry, public.get_credits
  to authenticated, service_role;
