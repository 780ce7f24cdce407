-- The content of an archive: everything that a user has, row by row, in a form that does not depend on this database.
-- Providers are names, money is decimal strings, moments are RFC 3339, and rows do not name their user. Stored keys and
-- their log are left out, because they belong to one user and one machine.

create or replace function private.own_provider_json(p public.providers) returns jsonb
language sql stable
set search_path = ''
as $$
  select to_jsonb(p) - array['id', 'owner_id'] || jsonb_build_object('created_at', private.moment_text(p.created_at))
$$;

create or replace function private.whole_import_json(i public.imports) returns jsonb
language sql stable
set search_path = ''
as $$
  select private.import_json(i) - array['counted_rows', 'counted_usd'] || jsonb_build_object(
    'seq', i.seq,
    'reading', i.reading,
    'series', i.series,
    'feed', i.feed,
    'is_replace', i.is_replace,
    'account_given', i.account_given,
    'first_day', i.first_day,
    'last_day', i.last_day,
    'zone', i.zone,
    'names', i.names,
    'covers', i.covers
  )
$$;

create or replace function private.sheet_json(s public.sheets) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', s.id,
    'series', s.series,
    'account', s.account,
    'project', s.project,
    'day', s.day,
    'last_day', s.last_day,
    'detail', s.detail,
    'is_events', s.is_events,
    'feed', s.feed,
    'hash', s.hash,
    'rows', s.rows,
    'gross', trim_scale(s.gross)::text,
    'beside', trim_scale(s.beside)::text,
    'cost_usd', trim_scale(s.cost_usd)::text,
    'tokens', trim_scale(s.tokens)::text,
    'requests', trim_scale(s.requests)::text,
    'keys', s.keys,
    'imports', (
      select coalesce(jsonb_agg(a.import_id order by a.import_id), '[]')
      from public.attestations a
      where a.user_id = s.user_id and a.sheet_id = s.id
    )
  )
$$;

create or replace function private.edit_json(e public.edits) returns jsonb
language sql stable
set search_path = ''
as $$
  select to_jsonb(e) - 'user_id'
    || jsonb_build_object('edited_at', private.moment_text(e.edited_at))
    || case when e.changes ? 'provider_id' then jsonb_build_object(
      'changes', e.changes - 'provider_id' || jsonb_build_object(
        'provider', (select p.name from public.providers p where p.id = (e.changes ->> 'provider_id')::uuid)
      )
    ) else '{}' end
$$;

create or replace function private.forecast_json(f public.forecast_results) returns jsonb
language sql stable
set search_path = ''
as $$
  select to_jsonb(f) - array['user_id', 'provider_id'] || jsonb_build_object(
    'provider', (select p.name from public.providers p where p.id = f.provider_id),
    'predicted_cost_usd', trim_scale(f.predicted_cost_usd)::text,
    'lower_bound_80', trim_scale(f.lower_bound_80)::text,
    'upper_bound_80', trim_scale(f.upper_bound_80)::text,
    'lower_bound_95', trim_scale(f.lower_bound_95)::text,
    'upper_bound_95', trim_scale(f.upper_bound_95)::text,
    'confidence_score', trim_scale(f.confidence_score)::text,
    'created_at', private.moment_text(f.created_at)
  )
$$;

-- The next rows of the sheets of some days as their sources have them, whether they count or not.
create or replace function private.sheet_rows(
  of_user uuid, first_day date, next_day date, after_sheet uuid, after_id uuid, max_rows int
) returns setof public.cost_records
language sql stable
set search_path = ''
as $$
  -- Only the next sheets, as many as a page needs. One that is not whole may have no rows.
  with page as materialized (
    select p.id, p.is_as_it_is
    from (
      select
        s.id, s.account is not null or s.counts_for is null as is_as_it_is,
        sum(case when s.is_whole and s.id is distinct from after_sheet then s.rows else 0 end) over (order by s.id)
          - case when s.is_whole and s.id is distinct from after_sheet then s.rows else 0 end as rows_before
      from public.sheets s
      where s.user_id = of_user and s.day >= first_day and s.day < next_day and (after_sheet is null or s.id >= after_sheet)
    ) p
    where max_rows is null or p.rows_before < max_rows
  )
  select *
  from (
    select r.*
    from public.cost_records r
    where r.user_id = of_user and r.sheet_id = any (array(select p.id from page p where p.is_as_it_is))
      and not r.metadata ? 'edited_at'
    union all
    select l.* from public.layer_rows l where l.user_id = of_user and l.sheet_id = any (array(select p.id from page p))
  ) r
  where after_sheet is null or (r.sheet_id, r.id) > (after_sheet, after_id)
  order by r.sheet_id, r.id
  limit max_rows
$$;

-- The next rows of one kind, each with the key by which it is found again. `after` is the key of the row before them.
-- With a month (UTC): only its records, its sheets with all their rows, and the imports that have these.
create or replace function private.archive_page(kind text, after jsonb, max_rows int, only_month date default null)
returns table (archived jsonb, key jsonb)
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  since timestamptz := coalesce(only_month::timestamp at time zone 'UTC', '-infinity');
  until timestamptz := coalesce((only_month + interval '1 month') at time zone 'UTC', 'infinity');
  from_day date := coalesce(only_month, '-infinity');
  until_day date := coalesce((only_month + interval '1 month')::date, 'infinity');
  least_id constant uuid := '00000000-0000-0000-0000-000000000000';
begin
  case kind
    when 'preferences' then
      return query select public.get_preferences(), '[]'::jsonb where after is null and only_month is null;
    when 'rates' then
      return query
        select to_jsonb(r) - 'user_id', jsonb_build_array(r.source, r.day)
        from public.exchange_rates r
        where r.user_id = me and only_month is null
          and (after is null or (r.source, r.day) > (after ->> 0, (after ->> 1)::date))
        order by r.source, r.day
        limit max_rows;
    when 'provider' then
      return query
        select private.own_provider_json(p), jsonb_build_array(p.name)
        from public.providers p
        where p.owner_id = me and p.name > coalesce(after ->> 0, '')
        order by p.name
        limit max_rows;
    when 'price' then
      return query
        select private.price_json(p), jsonb_build_array(p.id)
        from public.prices p
        where p.user_id = me and only_month is null and p.id > coalesce((after ->> 0)::uuid, least_id)
        order by p.id
        limit max_rows;
    when 'price_list' then
      return query
        select private.price_list_json(l), jsonb_build_array(l.import_id)
        from public.price_lists l
        where l.user_id = me and only_month is null and l.import_id > coalesce((after ->> 0)::uuid, least_id)
        order by l.import_id
        limit max_rows;
    when 'import' then
      return query
        select
          private.whole_import_json(i) || jsonb_build_object(
            'covers', private.covers_without(i.covers, '{(,)}'::datemultirange - datemultirange(daterange(from_day, until_day)))
          ),
          jsonb_build_array(i.seq)
        from public.imports i
        where i.user_id = me
          and i.seq > coalesce((after ->> 0)::bigint, 0)
          and (
            only_month is null
            or i.id in (
              select a.import_id
              from public.sheets s
              join public.attestations a on a.user_id = s.user_id and a.sheet_id = s.id
              where s.user_id = me and s.day >= from_day and s.day < until_day
            )
          )
        order by i.seq
        limit max_rows;
    when 'edit' then
      return query
        select private.edit_json(e), jsonb_build_array(e.id)
        from public.edits e
        where e.user_id = me and e.day >= from_day and e.day < until_day
          and e.id > coalesce((after ->> 0)::uuid, least_id)
        order by e.id
        limit max_rows;
    when 'sheet' then
      return query
        select private.sheet_json(s), jsonb_build_array(s.id)
        from public.sheets s
        where s.user_id = me and s.day >= from_day and s.day < until_day and s.id > coalesce((after ->> 0)::uuid, least_id)
        order by s.id
        limit max_rows;
    when 'sheet_row' then
      return query
        select
          private.row_json(r, (select p.name from public.providers p where p.id = r.provider_id))
            || jsonb_build_object('sheet', r.sheet_id) || private.calls_json(r),
          jsonb_build_array(r.sheet_id, r.id)
        from private.sheet_rows(me, from_day, until_day, (after ->> 0)::uuid, (after ->> 1)::uuid, max_rows) r;
    when 'cost_record' then
      return query
        select
          private.row_json(r, (select p.name from public.providers p where p.id = r.provider_id)),
          jsonb_build_array(r.timestamp, r.id)
        from public.cost_records r
        where r.user_id = me and r.sheet_id is null
          -- With `after` this says nothing new, but lets the planner leave out partitions.
          and r.timestamp >= greatest((after ->> 0)::timestamptz, since) and r.timestamp < until
          and (r.timestamp, r.id)
            > (coalesce((after ->> 0)::timestamptz, '-infinity'), coalesce((after ->> 1)::uuid, least_id))
        order by r.timestamp, r.id
        limit max_rows;
    -- All that counts, for a spreadsheet: as `record_json` has it, but the imports are looked up once for each sheet.
    when 'record' then
      return query
        with page as materialized (
          select r as record, r.timestamp, r.id, r.sheet_id
          from public.cost_records r
          where r.user_id = me
            and r.timestamp >= greatest((after ->> 0)::timestamptz, since) and r.timestamp < until
            and (r.timestamp, r.id)
              > (coalesce((after ->> 0)::timestamptz, '-infinity'), coalesce((after ->> 1)::uuid, least_id))
          order by r.timestamp, r.id
          limit max_rows
        ), sheets as materialized (
          select s.sheet_id, private.first_import(me, s.sheet_id) as import_id
          from (select distinct p.sheet_id from page p) s
        )
        select
          private.row_json(p.record, (select n.name from public.providers n where n.id = (p.record).provider_id))
            || jsonb_build_object('account', (p.record).account, 'import_id', s.import_id),
          jsonb_build_array(p.timestamp, p.id)
        from page p
        left join sheets s using (sheet_id)
        order by p.timestamp, p.id;
    when 'subscription' then
      return query
        select private.subscription_json(s), jsonb_build_array(s.id)
        from public.subscriptions s
        where s.user_id = me and only_month is null and s.id > coalesce((after ->> 0)::uuid, least_id)
        order by s.id
        limit max_rows;
    when 'credit' then
      return query
        select private.credit_entry_json(e), jsonb_build_array(e.id)
        from public.credit_entries e
        where e.user_id = me and only_month is null and e.id > coalesce((after ->> 0)::uuid, least_id)
        order by e.id
        limit max_rows;
    when 'budget' then
      return query
        select private.budget_json(b), jsonb_build_array(b.name)
        from public.budgets b
        where b.user_id = me and only_month is null and b.name > coalesce(after ->> 0, '')
        order by b.name
        limit max_rows;
    when 'forecast' then
      return query
        select private.forecast_json(f), jsonb_build_array(f.forecast_date, f.id)
        from public.forecast_results f
        where f.user_id = me
          and only_month is null
          and (f.forecast_date, f.id) > (coalesce((after ->> 0)::date, '-infinity'), coalesce((after ->> 1)::uuid, least_id))
        order by f.forecast_date, f.id
        limit max_rows;
    else
      perform private.refuse_kind(kind);
  end case;
end
$$;

create or replace function private.refuse_kind(kind text) returns void
language sql
set search_path = ''
as $$
  select private.refuse(
    'archive_kind',
    format('“%s” is not a kind of row in an archive.', kind),
    'The archive may come from a newer version of aicost: npm install -g aicost-cli@latest'
  )
$$;

-- A page of the signed-in user's rows of one kind, and what to give as `after` for the next one; null at the end.
create or replace function private.export_page(kind text, after text, max_rows int, only_month date default null)
returns json
language sql
set search_path = ''
as $$
  select json_build_object(
    'rows', coalesce(json_agg(p.archived order by p.place), '[]'),
    'next', case when count(*) >= max_rows then (array_agg(p.key order by p.place desc))[1]::text end
  )
  from private.archive_page(kind, after::jsonb, max_rows, only_month) with ordinality as p (archived, key, place)
$$;

create or replace function public.export_rows(kind text, after text default null, max_rows int default 1000)
returns json
language sql
set search_path = ''
as $$
  select private.export_page(kind, after, max_rows)
$$;

-- How many rows of each kind an archive of the signed-in user would hold.
create or replace function public.archive_counts() returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'preferences', 1,
    'rates', (select count(*) from public.exchange_rates where user_id = me),
    'provider', (select count(*) from public.providers where owner_id = me),
    'price', (select count(*) from public.prices where user_id = me),
    'import', (select count(*) from public.imports where user_id = me),
    'price_list', (select count(*) from public.price_lists where user_id = me),
    'edit', (select count(*) from public.edits where user_id = me),
    'sheet', (select count(*) from public.sheets where user_id = me),
    -- As many as `sheet_rows` has, which would sort them.
    'sheet_row', (
      select count(*)
      from public.cost_records r
      join public.sheets s on s.user_id = r.user_id and s.id = r.sheet_id
      where r.user_id = me and (s.account is not null or s.counts_for is null) and not r.metadata ? 'edited_at'
    ) + (select count(*) from public.layer_rows where user_id = me),
    'cost_record', (select count(*) from public.cost_records where user_id = me and sheet_id is null),
    'subscription', (select count(*) from public.subscriptions where user_id = me),
    'credit', (select count(*) from public.credit_entries where user_id = me),
    'budget', (select count(*) from public.budgets where user_id = me),
    'forecast', (select count(*) from public.forecast_results where user_id = me),
    'record', (select count(*) from public.cost_records where user_id = me)
  )
  from private.require_user() me
$$;

revoke all on function
  private.own_provider_json, private.whole_import_json, private.sheet_json, private.edit_json, private.forecast_json,
  private.sheet_rows, private.archive_page, private.refuse_kind, private.export_page
  from public;
grant execute on function
  private.own_provider_json, private.whole_import_json, private.sheet_json, private.edit_json, private.forecast_json,
  private.sheet_rows, private.archive_page, private.refuse_kind, private.export_page
  to authenticated, service_role;
revoke all on function public.export_rows, public.archive_counts from public, anon;
grant execute on function public.export_rows, public.archive_counts to authenticated, service_role;
