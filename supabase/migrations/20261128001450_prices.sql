-- What tokens cost: the user's own prices, imported price lists, and estimates that are written after their records.

create table if not exists public.prices (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  provider varchar(100),
  model varchar(200) not null check (model <> ''),
  since date,
  rates jsonb not null check (jsonb_typeof(rates) = 'object')
    constraint prices_rates_size check (pg_column_size(rates) <= 65536),
  created_at timestamptz not null default clock_timestamp(),
  primary key (id, user_id)
);
comment on table public.prices is 'Prices that the user set by hand.';
comment on column public.prices.provider is 'Who sells the model, as price lists call it; null for any.';
comment on column public.prices.since is 'The first day (UTC) on which it holds; null if it always did.';
comment on column public.prices.rates is
  'US dollars by unit, decimal strings: {"input_mtok": "3"}, or {"base": "3", "tiers": [{"above": 200000, "price": "6"}]}.';
create unique index if not exists prices_model_idx on public.prices (model, provider, since, user_id) nulls not distinct;

create table if not exists public.price_lists (
  import_id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  since date not null,
  rows jsonb not null check (jsonb_typeof(rows) = 'array')
    constraint price_lists_rows_size check (pg_column_size(rows) <= 16777216),
  primary key (import_id, user_id),
  foreign key (import_id, user_id) references public.imports (id, user_id) on delete cascade
);
comment on table public.price_lists is 'Price lists that the user imported. Undoing the import takes the list away.';
comment on column public.price_lists.since is 'The first day (UTC) on which it holds.';
comment on column public.price_lists.rows is 'Provider, model, since and rates, as in prices.';

do $$
declare
  name text;
begin
  foreach name in array array['prices', 'price_lists'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('drop policy if exists "Users have their own" on public.%I', name);
    execute format(
      'create policy "Users have their own" on public.%I for all to authenticated '
      'using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id)',
      name
    );
    execute format('revoke all on public.%I from anon, authenticated', name);
    execute format('grant select, insert, update, delete on public.%I to authenticated, service_role', name);
  end loop;
end
$$;

create or replace function private.price_json(p public.prices) returns jsonb
language sql stable
set search_path = ''
as $$
  select to_jsonb(p) - 'user_id' || jsonb_build_object('created_at', private.moment_text(p.created_at))
$$;

create or replace function private.price_list_json(l public.price_lists) returns jsonb
language sql stable
set search_path = ''
as $$
  select to_jsonb(l) - 'user_id'
$$;

-- All that the signed-in user knows of prices: own ones, and the lists whose imports are not undone, the newest first.
create or replace function public.get_prices() returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'own', (
      select coalesce(jsonb_agg(private.price_json(p) order by p.model, p.provider, p.since nulls first), '[]')
      from public.prices p
      where p.user_id = auth.uid()
    ),
    'lists', (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'id', i.id, 'name', i.source_name, 'since', l.since, 'created_at', private.moment_text(i.created_at),
            'sha256', i.sha256, 'rows', l.rows
          )
          order by i.seq desc
        ),
        '[]'
      )
      from public.price_lists l
      join public.imports i on i.user_id = l.user_id and i.id = l.import_id and i.status <> 'undone'
      where l.user_id = auth.uid()
    )
  )
$$;

-- Sets a price of the signed-in user, instead of one of the same model, provider and first day.
create or replace function public.set_price(price jsonb) returns jsonb
language sql
set search_path = ''
as $$
  insert into public.prices as p (user_id, provider, model, since, rates)
  select private.require_user(), n.provider, n.model, n.since, n.rates
  from jsonb_populate_record(null::public.prices, price) n
  on conflict (model, provider, since, user_id) do update set rates = excluded.rates, created_at = excluded.created_at
  returning private.price_json(p)
$$;

create or replace function public.remove_prices(price_ids uuid[]) returns jsonb
language sql
set search_path = ''
as $$
  with removed as (
    delete from public.prices p where p.user_id = private.require_user() and p.id = any (price_ids) returning p as price
  )
  select coalesce(jsonb_agg(private.price_json(r.price)), '[]') from removed r
$$;

-- Notes a change of prices or estimates as an import, which can be undone.
create or replace function private.note_pricing(import jsonb) returns void
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  head public.imports := jsonb_populate_record(null::public.imports, import);
begin
  perform private.lock_imports();
  insert into public.imports (
    id, user_id, seq, source_name, format, reading, series, sha256, first_day, last_day, first_date, last_date, row_count,
    updated, status
  )
  select
    head.id, me, coalesce(max(i.seq), 0) + 1, head.source_name, head.format, head.format, 'aicost/' || head.format, head.sha256,
    head.first_day, head.last_day, head.first_date, head.last_date, coalesce(head.row_count, 0), 0, 'done'
  from public.imports i
  where i.user_id = me
  on conflict do nothing;
  perform private.running_import(head.id);
end
$$;

-- Takes a price list in. Records keep the estimates that they have.
create or replace function public.add_price_list(import jsonb, since date, rows jsonb) returns void
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.note_pricing(import);
  insert into public.price_lists (import_id, user_id, since, rows)
  values ((import ->> 'id')::uuid, auth.uid(), add_price_list.since, add_price_list.rows)
  on conflict do nothing;
end
$$;

-- The next records of the signed-in user, as their sources have them, that have tokens and no money of their own: with an
-- estimate by a price list, or without any (with `only_unpriced`, only these). Dates are those of the user's time zone.
create or replace function public.list_priceable_rows(
  from_date date, to_date date, only_unpriced boolean default false, after text default null, max_rows int default 1000
) returns jsonb
language sql stable
set search_path = ''
as $$
  with settings as materialized (
    select
      (select auth.uid()) as me,
      coalesce((select p.timezone from public.user_preferences p where p.user_id = (select auth.uid())), 'UTC') as zone,
      after::jsonb as key
  ),
  rows as (
    select r.*
    from public.cost_records r
    left join public.sheets s on s.id = r.sheet_id and s.user_id = r.user_id
    where (r.sheet_id is null or s.account is not null or s.counts_for is null) and not r.metadata ? 'edited_at'
    union all
    select l.* from public.layer_rows l
  ),
  page as materialized (
    select row(r.*)::public.cost_records as record, r.timestamp, r.id, coalesce(r.sheet_id, '00000000-0000-0000-0000-000000000000') as sheet
    from rows r
    cross join settings t
    where r.user_id = t.me and r.model_name is not null and r.kind in ('usage', 'extra_usage')
      and (coalesce(r.input_tokens, 0) <> 0 or coalesce(r.output_tokens, 0) <> 0)
      and (r.metadata ->> 'cost_basis' = 'none' or (r.metadata ? 'price' and not only_unpriced))
      and r.timestamp >= coalesce((from_date - interval '1 day') at time zone 'UTC', '-infinity')
      and r.timestamp < coalesce((to_date + interval '2 days') at time zone 'UTC', 'infinity')
      and (r.timestamp at time zone case when r.granularity in ('day', 'month') then 'UTC' else t.zone end)::date
        between coalesce(from_date, '-infinity') and coalesce(to_date, 'infinity')
      and (
        t.key is null
        or (r.timestamp, r.id, coalesce(r.sheet_id, '00000000-0000-0000-0000-000000000000'))
          > ((t.key ->> 0)::timestamptz, (t.key ->> 1)::uuid, (t.key ->> 2)::uuid)
      )
    order by r.timestamp, r.id, 4
    limit max_rows
  )
  select jsonb_build_object(
    'rows', coalesce(
      jsonb_agg(
        private.row_json(p.record, (select n.name from public.providers n where n.id = (p.record).provider_id))
          || jsonb_build_object('sheet', (p.record).sheet_id) || private.calls_json(p.record)
        order by p.timestamp, p.id, p.sheet
      ),
      '[]'
    ),
    'next', case when count(*) >= max_rows then (
      (array_agg(jsonb_build_array(p.timestamp, p.id, p.sheet) order by p.timestamp desc, p.id desc, p.sheet desc))[1]::text
    ) end
  )
  from page p
$$;

-- What an estimate of a record is: worth that a plan includes, or money that is to be paid.
create or replace function private.estimate_basis(metadata jsonb) returns text
language sql immutable
as $$
  select case when metadata ->> 'paid_by' in ('plan', 'unknown') then 'included' else 'estimated' end
$$;

-- The metadata of a record whose estimate an import replaces, with what it was before.
create or replace function private.repriced(metadata jsonb, usd_before numeric, import_id uuid, price text, note text)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select metadata - 'price_note'
    || jsonb_build_object(
      'cost_basis', private.estimate_basis(metadata),
      'price', price,
      'repriced', coalesce(metadata -> 'repriced', '[]') || jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
        'import', import_id, 'usd', trim_scale(usd_before)::text, 'price', metadata ->> 'price',
        'price_note', metadata ->> 'price_note'
      )))
    )
    || case when note is null then '{}' else jsonb_build_object('price_note', note) end
$$;

-- The estimate of a record, and its metadata, without what an import has replaced: as if that had not been.
create or replace function private.priced_without(inout usd numeric, inout metadata jsonb, import_id uuid)
language plpgsql immutable
set search_path = ''
as $$
declare
  steps jsonb := metadata -> 'repriced';
  place int := (
    select s.place - 1
    from jsonb_array_elements(steps) with ordinality s (step, place)
    where s.step ->> 'import' = import_id::text
  );
  step jsonb := steps -> place;
begin
  if place = jsonb_array_length(steps) - 1 then
    usd := step ->> 'usd';
    metadata := metadata - array['price', 'price_note'] || (step - array['import', 'usd'])
      || jsonb_build_object('cost_basis', case when step ? 'usd' then private.estimate_basis(metadata) else 'none' end);
  else
    steps := jsonb_set(
      steps, array[(place + 1)::text], step || jsonb_build_object('import', steps #>> array[(place + 1)::text, 'import'])
    );
  end if;
  steps := steps - place;
  metadata := metadata - 'repriced' || case when steps = '[]' then '{}' else jsonb_build_object('repriced', steps) end;
end
$$;

-- Sees to it that what counts from these sheets is shown again: rows of theirs that do not stand in cost_records as they are
-- have changed.
create or replace function private.show_again(sheet_ids uuid[]) returns void
language sql
set search_path = ''
as $$
  insert into public.unsettled_days (user_id, series, day)
  select distinct s.user_id, s.series, s.day
  from public.sheets s
  where s.user_id = auth.uid() and s.id = any (sheet_ids) and s.counts
  on conflict do nothing;
  update public.sheets s set counted_rows = -1
  where s.user_id = auth.uid() and s.id = any (sheet_ids) and s.counts
$$;

-- Writes estimates beside records, instead of those that they have, as an import. Sent again, they change nothing. Returns
-- how many were written.
create or replace function public.write_estimates(import jsonb, estimates jsonb) returns bigint
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  import_id uuid := import ->> 'id';
  written bigint;
  hidden uuid[];
begin
  perform private.note_pricing(import);
  with given as materialized (
    select g.*
    from jsonb_to_recordset(estimates) as g (sheet uuid, id uuid, "timestamp" timestamptz, usd numeric(18, 10), price text, note text)
  )
  update public.cost_records r set
    estimated_cost_usd = g.usd,
    metadata = private.repriced(r.metadata, r.estimated_cost_usd, import_id, g.price, g.note)
  from given g
  where r.user_id = me and r.id = g.id and r.timestamp = g.timestamp and r.sheet_id is not distinct from g.sheet
    and not r.metadata ? 'edited_at'
    and not coalesce(r.metadata -> 'repriced', '[]') @> jsonb_build_array(jsonb_build_object('import', import_id));
  get diagnostics written = row_count;
  with changed as (
    update public.layer_rows l set
      estimated_cost_usd = g.usd,
      metadata = private.repriced(l.metadata, l.estimated_cost_usd, import_id, g.price, g.note)
    from jsonb_to_recordset(estimates) as g (sheet uuid, id uuid, usd numeric(18, 10), price text, note text)
    where l.user_id = me and l.id = g.id and l.sheet_id = g.sheet
      and not coalesce(l.metadata -> 'repriced', '[]') @> jsonb_build_array(jsonb_build_object('import', import_id))
    returning l.sheet_id
  )
  select coalesce(array_agg(c.sheet_id), '{}') into strict hidden from changed c;
  written := written + cardinality(hidden);
  perform private.show_again(hidden);
  update public.imports i set updated = i.updated + written, row_count = i.row_count + written
  where i.user_id = me and i.id = import_id;
  return written;
end
$$;

-- Gives records back the estimates that they had before an import of prices. Returns how many count at once with others.
create or replace function private.take_estimates_back(undone public.imports) returns bigint
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  mark jsonb := jsonb_build_array(jsonb_build_object('import', undone.id));
  restored bigint;
  hidden uuid[];
begin
  if undone.format not in ('prices', 'reprice') then
    return 0;
  end if;
  update public.cost_records r set estimated_cost_usd = b.usd, metadata = b.metadata
  from public.cost_records n
  cross join lateral private.priced_without(n.estimated_cost_usd, n.metadata, undone.id) b
  where n.user_id = me and n.metadata -> 'repriced' @> mark and not n.metadata ? 'edited_at'
    and (
      n.sheet_id is null
      or exists (
        select from public.sheets s
        where s.user_id = me and s.id = n.sheet_id and (s.account is not null or s.counts_for is null)
      )
    )
    and r.user_id = me and r.id = n.id and r.timestamp = n.timestamp;
  get diagnostics restored = row_count;
  with changed as (
    update public.layer_rows l set estimated_cost_usd = b.usd, metadata = b.metadata
    from public.layer_rows n
    cross join lateral private.priced_without(n.estimated_cost_usd, n.metadata, undone.id) b
    where n.user_id = me and n.metadata -> 'repriced' @> mark and l.user_id = me and l.sheet_id = n.sheet_id and l.id = n.id
    returning l.sheet_id
  )
  select coalesce(array_agg(distinct c.sheet_id), '{}') into strict hidden from changed c;
  perform private.show_again(hidden);
  return restored;
end
$$;

revoke all on function
  private.price_json, private.price_list_json, private.note_pricing, private.estimate_basis, private.repriced, private.priced_without,
  private.show_again, private.take_estimates_back
  from public;
grant execute on function
  private.price_json, private.price_list_json, private.note_pricing, private.estimate_basis, private.repriced, private.priced_without,
  private.show_again, private.take_estimates_back
  to authenticated, service_role;
revoke all on function
  public.get_prices, public.set_price, public.remove_prices, public.add_price_list, public.list_priceable_rows,
  public.write_estimates
  from public, anon;
grant execute on function
  public.get_prices, public.set_price, public.remove_prices, public.add_price_list, public.list_priceable_rows,
  public.write_estimates
  to authenticated, service_role;
