-- Restores the rows of an archive, with the same ids.

-- The id for a row whose own id belongs to another user of this database, because both restored the same archive.
create or replace function private.second_id(id uuid) returns uuid
language sql stable
set search_path = ''
as $$
  select md5(id::text || private.require_user())::uuid
$$;

-- The kind of a charge in an archive from before there were kinds.
create or replace function private.derived_kind(metadata jsonb, cost_usd text) returns text
language sql immutable
set search_path = ''
as $$
  select case
    when metadata ->> 'subscription' = 'true' then 'subscription'
    when cost_usd like '-%' then 'credit'
    else 'usage'
  end
$$;

-- What an archived record from before there was a column for it has in its metadata, under the first of these names.
create or replace function private.first_of(archived jsonb, names text[]) returns text
language sql immutable
set search_path = ''
as $$
  select left(archived -> 'metadata' ->> n.name, 200)
  from unnest(names) with ordinality as n (name, place)
  where not archived ? 'project' and archived -> 'metadata' ->> n.name is not null
  order by n.place
  limit 1
$$;

-- Archived records as rows of this database, without those that are not objects.
create or replace function private.archived_records(rows jsonb) returns setof public.cost_records
language sql stable
set search_path = ''
as $$
  with archived as materialized (
    select e.row from jsonb_array_elements(rows) e (row) where jsonb_typeof(e.row) = 'object'
  ),
  names as materialized (
    select n.name, private.provider_id(n.name) as id
    from (select distinct row ->> 'provider' as name from archived) n
  ),
  sheets as materialized (
    select s.id, s.account
    from public.sheets s
    where s.user_id = auth.uid() and s.id = any (array(select distinct (row ->> 'sheet')::uuid from archived))
  )
  select r.*
  from archived a
  join names n on n.name = a.row ->> 'provider'
  left join sheets s on s.id = (a.row ->> 'sheet')::uuid
  cross join lateral jsonb_populate_record(
    null::public.cost_records,
    a.row || jsonb_build_object(
      'user_id', auth.uid(), 'provider_id', n.id, 'sheet_id', s.id, 'account', s.account,
      'kind', coalesce(a.row ->> 'kind', private.derived_kind(a.row -> 'metadata', a.row ->> 'cost_usd')),
      'project', coalesce(a.row ->> 'project', private.first_of(a.row, array['project_id', 'workspace_id', 'project', 'workspace'])),
      'api_key', coalesce(a.row ->> 'api_key', private.first_of(a.row, array['api_key_id', 'api_key'])),
      'metadata', (a.row -> 'metadata') - 'subscription'
    )
  ) r
$$;

create or replace function private.restore_counts(inserted bigint, updated bigint, covered bigint, total bigint)
returns jsonb
language sql immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'inserted', inserted, 'updated', updated, 'unchanged', total - inserted - updated - covered, 'covered', covered
  )
$$;

-- A setting that still has its default takes the archived value. Rates in it, as in archives of before they had rows of
-- their own, are restored as those.
create or replace function private.restore_preferences(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  -- The defaults of the table.
  untouched constant jsonb := '{
    "currency": "USD", "timezone": "UTC", "theme": "system", "default_date_range": "30d",
    "email_notifications": false, "forecast_enabled": true
  }';
  mine jsonb := public.get_preferences();
  archived jsonb := coalesce(rows -> 0, '{}');
  metadata jsonb := coalesce(archived -> 'metadata', '{}');
  wanted jsonb;
begin
  -- This version of PostgreSQL may not know the name.
  if not private.is_timezone(coalesce(archived ->> 'timezone', 'UTC')) then
    archived := archived - 'timezone';
  end if;
  wanted := mine
    || coalesce(
      (
        select jsonb_object_agg(u.key, archived -> u.key)
        from jsonb_each(untouched) u
        where mine -> u.key = u.value and archived ? u.key
      ),
      '{}'
    )
    || jsonb_build_object('metadata', metadata - 'rates' || (mine -> 'metadata'));
  if wanted <> mine then
    perform public.set_preferences(wanted);
  end if;
  if metadata ? 'rates' and metadata -> 'rates' <> '{}' then
    perform private.restore_rates(jsonb_build_array(
      jsonb_build_object('source', 'set', 'day', '-infinity', 'rates', metadata -> 'rates')
    ));
  end if;
  return private.restore_counts(0, (wanted <> mine)::int, 0, jsonb_array_length(rows));
end
$$;

-- Rates that are here win; of the days of both, each currency is kept.
create or replace function private.restore_rates(rows jsonb) returns jsonb
language sql
set search_path = ''
as $$
  with archived as (
    select a.source, a.day, a.rates from jsonb_populate_recordset(null::public.exchange_rates, rows) a
  ),
  before as materialized (
    select a.source, a.day, r.rates
    from archived a
    join public.exchange_rates r on r.user_id = auth.uid() and r.source = a.source and r.day = a.day
  ),
  written as (
    insert into public.exchange_rates as r (user_id, source, day, rates)
    select private.require_user(), a.source, a.day, a.rates from archived a
    on conflict (source, day, user_id) do update set rates = excluded.rates || r.rates
      where excluded.rates || r.rates <> r.rates
    returning r.source, r.day
  )
  select private.restore_counts(
    count(*) filter (where b.day is null),
    count(*) filter (where w.day is not null and b.day is not null),
    0,
    jsonb_array_length(rows)
  )
  from archived a
  left join before b on b.source = a.source and b.day = a.day
  left join written w on w.source = a.source and w.day = a.day
$$;

create or replace function private.restore_providers(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  inserted bigint;
begin
  insert into public.providers (name, display_name, api_base_url, is_active, owner_id, metadata, created_at)
  select a.name, a.display_name, a.api_base_url, a.is_active, me, a.metadata, a.created_at
  from jsonb_populate_recordset(null::public.providers, rows) a
  where not exists (
    select from public.providers p where p.name = a.name and (p.owner_id is null or p.owner_id = me)
  )
  on conflict do nothing;
  get diagnostics inserted = row_count;
  return private.restore_counts(inserted, 0, 0, jsonb_array_length(rows));
end
$$;

-- An existing import stays as it is, unless the archive has its end, or has it as not undone: then its sheets come back.
-- Of a file that is in under another id, nothing is added: its sheets are here. New ones follow, in the archive's order.
create or replace function private.restore_imports(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  stages constant text[] := array['undone', 'running', 'done'];
  last_seq bigint := (select coalesce(max(i.seq), 0) from public.imports i where i.user_id = me);
  inserted bigint;
  updated bigint;
begin
  with archived as materialized (
    select i.*, n.row
    from jsonb_array_elements(rows) r (row)
    cross join lateral (
      select jsonb_build_object('names', '{}'::jsonb, 'covers', '{}'::jsonb) || r.row
        || jsonb_build_object('user_id', me, 'bound', '{}'::jsonb, 'source', null) as row
    ) n
    cross join lateral jsonb_populate_record(null::public.imports, n.row) i
  ),
  added as (
    insert into public.imports
    select n.*
    from archived a
    cross join lateral jsonb_populate_record(
      null::public.imports,
      a.row || jsonb_build_object('seq', last_seq + (select count(*) from archived b where b.seq <= a.seq))
    ) n
    where not exists (
      select from public.imports i
      where i.user_id = me
        and (
          i.id = a.id
          or (i.sha256 = a.sha256 and i.reading = a.reading and i.feed is null and i.status <> 'undone' and a.status <> 'undone')
        )
    )
    returning id
  ),
  completed as (
    update public.imports i set
      status = a.status, row_count = a.row_count, inserted = a.inserted, updated = a.updated, unchanged = a.unchanged,
      covered = a.covered, kept_edits = a.kept_edits, replaced = a.replaced, skipped = a.skipped, rejected = a.rejected,
      cost_usd = a.cost_usd, first_date = a.first_date, last_date = a.last_date, first_day = a.first_day,
      last_day = a.last_day, facts = a.facts, names = a.names, covers = a.covers, undone_at = a.undone_at
    from archived a
    where i.user_id = me and i.id = a.id
      and array_position(stages, a.status::text) > array_position(stages, i.status::text)
    returning i.id
  ),
  -- A month that was moved into an archive has its days again.
  covered_again as (
    update public.imports i set covers = private.covers_with(i.covers, a.covers)
    from archived a
    where i.user_id = me and i.id = a.id and i.status = 'done' and a.status = 'done'
      and private.covers_with(i.covers, a.covers) <> i.covers
  )
  select (select count(*) from added), (select count(*) from completed) into strict inserted, updated;
  return private.restore_counts(inserted, updated, 0, jsonb_array_length(rows));
end
$$;

-- A price of the same model and first day that is here stays.
create or replace function private.restore_prices(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  inserted bigint;
begin
  insert into public.prices
  select p.*
  from jsonb_array_elements(rows) r (row)
  cross join lateral jsonb_populate_record(null::public.prices, r.row || jsonb_build_object('user_id', me)) p
  on conflict do nothing;
  get diagnostics inserted = row_count;
  return private.restore_counts(inserted, 0, 0, jsonb_array_length(rows));
end
$$;

-- Adds the price lists of imports that are here.
create or replace function private.restore_price_lists(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  inserted bigint;
begin
  insert into public.price_lists
  select l.*
  from jsonb_array_elements(restore_price_lists.rows) r (row)
  cross join lateral jsonb_populate_record(null::public.price_lists, r.row || jsonb_build_object('user_id', me)) l
  where exists (select from public.imports i where i.user_id = me and i.id = l.import_id)
  on conflict do nothing;
  get diagnostics inserted = row_count;
  return private.restore_counts(inserted, 0, 0, jsonb_array_length(restore_price_lists.rows));
end
$$;

-- Adds sheets, and attests them for the imports that are here. One that none of these has, and that is not here, is left
-- out: its import was left out.
create or replace function private.restore_sheets(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  given public.sheets[];
  inserted bigint;
begin
  given := array(
    select s
    from jsonb_array_elements(rows) r (row)
    cross join lateral jsonb_populate_record(
      null::public.sheets,
      jsonb_build_object('last_day', r.row -> 'day', 'beside', 0) || r.row
        || jsonb_build_object('user_id', me, 'is_whole', false, 'counts', false, 'counted_rows', 0, 'counted_usd', 0)
    ) s
    where exists (
        select from public.imports i
        where i.user_id = me and i.status <> 'undone' and i.id in (select e::uuid from jsonb_array_elements_text(r.row -> 'imports') e)
      )
      and not exists (select from public.sheets k where k.user_id = me and k.id = s.id)
  );
  perform private.add_sheets(given, true);
  insert into public.attestations (import_id, sheet_id, user_id)
  select i.id, s.id, me
  from jsonb_array_elements(rows) r (row)
  cross join lateral jsonb_array_elements_text(r.row -> 'imports') e (id)
  join public.imports i on i.user_id = me and i.id = e.id::uuid and i.status <> 'undone'
  join public.sheets s on s.user_id = me and s.id = (r.row ->> 'id')::uuid
  on conflict do nothing;
  perform private.note_restored(array(select (r.row ->> 'id')::uuid from jsonb_array_elements(rows) r (row)));
  inserted := cardinality(given);
  return private.restore_counts(inserted, 0, 0, jsonb_array_length(rows));
end
$$;

-- Marks sheets whose rows are all here, and notes their days, if they do not just count.
create or replace function private.note_restored(sheet_ids uuid[]) returns void
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
begin
  perform private.mark_whole(sheet_ids);
  insert into public.unsettled_days (user_id, series, day)
  select distinct me, s.series, s.day
  from public.sheets s
  where s.user_id = me and s.id = any (sheet_ids)
    and (
      not s.counts or s.counted_rows <> s.rows
      or exists (select from private.sheets_beside(s))
    )
  on conflict do nothing;
end
$$;

-- Adds rows of sheets that are here and not whole.
create or replace function private.restore_sheet_rows(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  open uuid[] := array(
    select s.id
    from public.sheets s
    where s.user_id = private.require_user() and not s.is_whole
      and s.id in (select (r ->> 'sheet')::uuid from jsonb_array_elements(restore_sheet_rows.rows) r)
  );
  records public.cost_records[] := array(
    select r from private.archived_records(rows) r where r.sheet_id = any (open)
  );
begin
  perform private.put_rows(records, open);
  perform private.note_restored(open);
  return private.restore_counts(cardinality(records), 0, 0, jsonb_array_length(rows));
end
$$;

-- What was changed of a record, with its kind if that was changed before there were kinds.
create or replace function private.changes_with_kind(changes jsonb) returns jsonb
language sql immutable
set search_path = ''
as $$
  select case
    when changes -> 'metadata' ? 'subscription' then (changes #- '{metadata,subscription}')
      || jsonb_build_object('kind', private.derived_kind(changes -> 'metadata', changes ->> 'cost_usd'))
    else changes
  end
$$;

-- An edit that is here stays, unless the archive has a later state of it.
create or replace function private.restore_edits(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  inserted bigint;
begin
  with written as (
    insert into public.edits as e
    select n.*
    from jsonb_array_elements(rows) r (row)
    cross join lateral jsonb_populate_record(
      null::public.edits,
      r.row || jsonb_build_object('user_id', me, 'changes', private.changes_with_kind(case
        when r.row #> '{changes,provider}' is not null then (r.row -> 'changes') - 'provider'
          || jsonb_build_object('provider_id', private.provider_id(r.row #>> '{changes,provider}'))
        else nullif(r.row -> 'changes', 'null')
      end))
    ) n
    on conflict (id, user_id) do update set changes = excluded.changes, edited_at = excluded.edited_at
    where excluded.edited_at > e.edited_at
    returning e.series, e.day
  ),
  -- What counts there is shown again, with the edits.
  shown_again as (
    update public.sheets s set counted_rows = -1
    from (select distinct series, day from written) w
    where s.user_id = me and s.series = w.series and s.day = w.day and s.counts
  ),
  noted as (
    insert into public.unsettled_days (user_id, series, day)
    select distinct me, w.series, w.day from written w
    on conflict do nothing
  )
  select count(*) into strict inserted from written;
  return private.restore_counts(inserted, 0, 0, jsonb_array_length(rows));
end
$$;

-- Records that belong to no import. The date of one that was entered by hand can be edited, so it is known by its id.
create or replace function private.restore_cost_records(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  inserted bigint;
  updated bigint;
begin
  -- Both machines have booked the same charge of a subscription, and it was edited on the other one since.
  delete from public.cost_records r
  using private.archived_records(rows) a
  where r.user_id = me and r.id = a.id and a.metadata ? 'renewal'
    and coalesce(r.metadata ->> 'edited_at', '') < a.metadata ->> 'edited_at';
  get diagnostics updated = row_count;
  insert into public.cost_records
  -- A row that was copied in a spreadsheet has the id of the first one.
  select distinct on (a.id) a.*
  from private.archived_records(rows) a
  where not exists (select from public.cost_records r where r.user_id = me and r.id = a.id)
    and not exists (select from public.edits e where e.user_id = me and e.record_id = a.id)
    and not exists (select from public.layer_rows l where l.user_id = me and l.id = a.id)
    -- A charge that was removed here, or an entry that is a charge here.
    and not exists (
      select from public.subscriptions s
      where s.user_id = me and (
        s.id = (a.metadata #>> '{renewal,subscription}')::uuid and (a.metadata #>> '{renewal,due_on}')::date = any (s.removed)
        or a.id::text in (select t.value from jsonb_each_text(s.taken_over) t)
      )
    )
  on conflict do nothing;
  get diagnostics inserted = row_count;
  return private.restore_counts(inserted - updated, updated, 0, jsonb_array_length(rows));
end
$$;

-- Of one that is here, the later state counts, and what either knows of its charges: one that was removed there goes here,
-- too. It comes after the records: a charge
-- that is not among them is one to come, was removed by hand, or was moved into an archive.
create or replace function private.restore_subscriptions(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  archived public.subscriptions;
  here public.subscriptions;
  next public.subscriptions;
  inserted bigint := 0;
  updated bigint := 0;
begin
  for archived in
    select s.*
    from jsonb_array_elements(rows) r (row)
    cross join lateral jsonb_populate_record(
      null::public.subscriptions,
      r.row || jsonb_build_object('user_id', me, 'provider_id', private.provider_id(r.row ->> 'provider'))
    ) s
  loop
    select s.* into here from public.subscriptions s where s.user_id = me and s.id = archived.id for update;
    if here.id is null then
      if exists (select from public.subscriptions s where s.user_id = me and s.name = archived.name) then
        archived.name := left(archived.name, 91) || '-' || left(archived.id::text, 8);
      end if;
      insert into public.subscriptions select archived.*;
      inserted := inserted + 1;
    else
      next := case when archived.updated_at > here.updated_at then archived else here end;
      next.name := here.name;
      next.booked := array(select b from unnest(here.booked || archived.booked) b group by b order by b);
      next.removed := array(select d from unnest(here.removed || archived.removed) d group by d order by d);
      next.taken_over := archived.taken_over || here.taken_over;
      if next is distinct from here then
        update public.subscriptions s set
          period = next.period, currency = next.currency, prices = next.prices, seats = next.seats,
          tax_percent = next.tax_percent, trial_until = next.trial_until, cancelled_on = next.cancelled_on,
          booked = next.booked, removed = next.removed, taken_over = next.taken_over, updated_at = next.updated_at
        where s.user_id = me and s.id = here.id;
        updated := updated + 1;
      end if;
      delete from public.cost_records r
      where r.user_id = me and r.id in (
        select private.charge_id(next.id, d) from unnest(archived.removed) d where d <> all (here.removed)
      );
      perform private.withdraw_charges(next);
    end if;
    -- On the other machine, these are its charges.
    delete from public.cost_records r
    where r.user_id = me and r.sheet_id is null
      and r.id in (select t.value::uuid from jsonb_each_text(archived.taken_over) t);
  end loop;
  perform private.book_due();
  return private.restore_counts(inserted, updated, 0, jsonb_array_length(rows));
end
$$;

-- Granted credit and balances that were set. An entry that is here stays as it is; of two balances for the same moment, the
-- later entry counts.
create or replace function private.restore_credits(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  archived public.credit_entries;
  here public.credit_entries;
  inserted bigint := 0;
  updated bigint := 0;
begin
  for archived in
    select e.*
    from jsonb_array_elements(rows) r (row)
    cross join lateral jsonb_populate_record(
      null::public.credit_entries,
      r.row || jsonb_build_object('user_id', me, 'provider_id', private.provider_id(r.row ->> 'provider'))
    ) e
  loop
    select e.* into here
    from public.credit_entries e
    where e.user_id = me and (
      e.id = archived.id
      or archived.kind = 'set' and e.kind = 'set' and e.provider_id = archived.provider_id and e.timestamp = archived.timestamp
    )
    order by e.id = archived.id desc
    limit 1
    for update;
    if here.id is null then
      insert into public.credit_entries select archived.*;
      inserted := inserted + 1;
    elsif here.id <> archived.id and archived.created_at > here.created_at then
      delete from public.credit_entries e where e.user_id = me and e.id = here.id;
      insert into public.credit_entries select archived.*;
      updated := updated + 1;
    end if;
  end loop;
  return private.restore_counts(inserted, updated, 0, jsonb_array_length(rows));
end
$$;

-- Of budgets of one name, the one that was set later counts.
create or replace function private.restore_budgets(rows jsonb) returns jsonb
language sql
set search_path = ''
as $$
  with archived as materialized (
    select a.*
    from jsonb_array_elements(rows) r (row)
    cross join lateral jsonb_populate_record(
      null::public.budgets, r.row || jsonb_build_object('user_id', private.require_user())
    ) a
  ),
  before as materialized (
    select b.name from public.budgets b where b.user_id = auth.uid() and b.name in (select a.name from archived a)
  ),
  written as (
    insert into public.budgets as b
    select distinct on (a.name) a.* from archived a order by a.name, a.updated_at desc
    on conflict (user_id, name) do update set
      amount = excluded.amount, currency = excluded.currency, period = excluded.period, reset_day = excluded.reset_day,
      providers = excluded.providers, models = excluded.models, projects = excluded.projects, tags = excluded.tags,
      kinds = excluded.kinds, updated_at = excluded.updated_at
      where excluded.updated_at > b.updated_at
    returning b.name
  )
  select private.restore_counts(
    count(*) filter (where w.name not in (select b.name from before b)),
    count(*) filter (where w.name in (select b.name from before b)),
    0,
    jsonb_array_length(rows)
  )
  from written w
$$;

create or replace function private.restore_forecasts(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  inserted bigint;
begin
  with archived as materialized (
    select
      a.id, a.row || jsonb_build_object(
        'user_id', me,
        'provider_id', case when a.row ->> 'provider' is not null then private.provider_id(a.row ->> 'provider') end
      ) as row
    from (select (e ->> 'id')::uuid as id, e as row from jsonb_array_elements(rows) e) a
    where not exists (
      select from public.forecast_results f where f.id in (a.id, private.second_id(a.id)) and f.user_id = me
    )
  ),
  added as (
    insert into public.forecast_results
    select f.*
    from archived a
    cross join lateral jsonb_populate_record(null::public.forecast_results, a.row) f
    on conflict (id) do nothing
    returning id
  ),
  added_second as (
    insert into public.forecast_results
    select f.*
    from archived a
    cross join lateral jsonb_populate_record(
      null::public.forecast_results, a.row || jsonb_build_object('id', private.second_id(a.id))
    ) f
    where a.id not in (select id from added)
    on conflict (id) do nothing
    returning id
  )
  select (select count(*) from added) + (select count(*) from added_second) into strict inserted;
  return private.restore_counts(inserted, 0, 0, jsonb_array_length(rows));
end
$$;

create or replace function private.restore_kind(kind text, rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
begin
  case kind
    when 'preferences' then return private.restore_preferences(rows);
    when 'rates' then return private.restore_rates(rows);
    when 'provider' then return private.restore_providers(rows);
    when 'price' then return private.restore_prices(rows);
    when 'import' then return private.restore_imports(rows);
    when 'price_list' then return private.restore_price_lists(rows);
    when 'cost_record' then return private.restore_cost_records(rows);
    when 'edit' then return private.restore_edits(rows);
    when 'sheet' then return private.restore_sheets(rows);
    when 'sheet_row' then return private.restore_sheet_rows(rows);
    when 'subscription' then return private.restore_subscriptions(rows);
    when 'credit' then return private.restore_credits(rows);
    when 'budget' then return private.restore_budgets(rows);
    when 'forecast' then return private.restore_forecasts(rows);
    else perform private.refuse_kind(kind);
  end case;
end
$$;

create or replace function private.restore(kind text, rows jsonb, needs jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
begin
  -- Create partitions first, as in `add_rows`.
  perform private.add_month(month)
  from (
    select distinct date_trunc('month', (r ->> 'timestamp')::timestamptz at time zone 'UTC')::date as month
    from jsonb_array_elements(rows) r
    where kind in ('cost_record', 'sheet_row')
  ) months;
  perform private.lock_imports();
  perform private.restore_kind(n.kind, needs -> n.kind)
  from unnest(array['provider', 'import', 'edit', 'sheet']) as n (kind)
  where needs ? n.kind;
  return private.restore_kind(kind, rows);
end
$$;

-- Restores rows from `export_rows`, of this or another database, atomically. Existing rows stay. Afterwards `settle_days`
-- decides what counts. With dry_run it does the same and rolls back, so the answer is exact; `needs` holds the rows of
-- other kinds that these refer to, by kind, which are restored first.
create or replace function public.restore_rows(
  kind text, rows jsonb, dry_run boolean default false, needs jsonb default '{}'
) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  counts jsonb;
begin
  if dry_run is not true then
    return private.restore(kind, rows, needs);
  end if;
  begin
    counts := private.restore(kind, rows, needs);
    raise exception using errcode = 'ACDRY';
  exception when sqlstate 'ACDRY' then
    return counts;
  end;
end
$$;

revoke all on function
  private.second_id, private.derived_kind, private.first_of, private.archived_records, private.restore_counts, private.restore_preferences,
  private.restore_rates,
  private.restore_providers, private.restore_prices, private.restore_imports, private.restore_price_lists, private.restore_sheets, private.note_restored,
  private.restore_sheet_rows, private.changes_with_kind, private.restore_edits, private.restore_cost_records,
  private.restore_subscriptions, private.restore_credits, private.restore_budgets, private.restore_forecasts, private.restore_kind, private.restore
  from public;
grant execute on function
  private.second_id, private.derived_kind, private.first_of, private.archived_records, private.restore_counts, private.restore_preferences,
  private.restore_rates,
  private.restore_providers, private.restore_prices, private.restore_imports, private.restore_price_lists, private.restore_sheets, private.note_restored,
  private.restore_sheet_rows, private.changes_with_kind, private.restore_edits, private.restore_cost_records,
  private.restore_subscriptions, private.restore_credits, private.restore_budgets, private.restore_forecasts, private.restore_kind, private.restore
  to authenticated, service_role;
revoke all on function public.restore_rows from public, anon;
grant execute on function public.restore_rows to authenticated, service_role;
