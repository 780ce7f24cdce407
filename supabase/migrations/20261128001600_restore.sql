-- Restores the rows of an archive, with the same ids.

-- The id for a row whose own id belongs to another user of this database, because both restored the same archive.
create or replace function private.second_id(id uuid) returns uuid
language sql stable
set search_path = ''
as $$
  select md5(id::text || private.require_user())::uuid
$$;

-- The local import of each archived import, if there is one.
create or replace function private.own_imports(ids uuid[]) returns table (archived_id uuid, import public.imports)
language sql stable
set search_path = ''
as $$
  select distinct on (a.id) a.id, i
  from unnest(ids) a (id)
  join public.imports i on i.id in (a.id, private.second_id(a.id)) and i.user_id = auth.uid()
  order by a.id, i.id = a.id desc
$$;

-- Archived records as rows of this database, by their place in `rows`, without those that are not objects. An import
-- that does not exist here is null.
create or replace function private.archived_records(rows jsonb)
returns table (place bigint, record public.cost_records)
language sql stable
set search_path = ''
as $$
  with archived as materialized (
    select e.place, e.row
    from jsonb_array_elements(rows) with ordinality as e (row, place)
    where jsonb_typeof(e.row) = 'object'
  ),
  names as materialized (
    select n.name, private.provider_id(n.name) as id
    from (select distinct row ->> 'provider' as name from archived) n
  ),
  origins as materialized (
    select o.archived_id, (o.import).id
    from private.own_imports(
      array(select distinct (row ->> 'import_id')::uuid from archived where row ->> 'import_id' is not null)
    ) o
  )
  select
    a.place,
    jsonb_populate_record(
      null::public.cost_records,
      a.row || jsonb_build_object('user_id', auth.uid(), 'provider_id', n.id, 'import_id', o.id)
    )
  from archived a
  join names n on n.name = a.row ->> 'provider'
  left join origins o on o.archived_id = (a.row ->> 'import_id')::uuid
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

-- A setting that still has its default takes the archived value; rates are merged, and the local ones win.
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
    || jsonb_build_object(
      'metadata',
      metadata || (mine -> 'metadata') || jsonb_strip_nulls(jsonb_build_object('rates', nullif(
        coalesce(metadata -> 'rates', '{}') || coalesce(mine -> 'metadata' -> 'rates', '{}'), '{}'
      )))
    );
  if wanted <> mine then
    perform public.set_preferences(wanted);
  end if;
  return private.restore_counts(0, (wanted <> mine)::int, 0, jsonb_array_length(rows));
end
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

-- An existing import stays as it is, unless the archive has its end, or has it as not undone: then its records come
-- back, and it can be undone again.
create or replace function private.restore_imports(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  stages constant text[] := array['undone', 'running', 'done'];
  inserted bigint;
  updated bigint;
begin
  with archived as materialized (
    select a.id, r.row || jsonb_build_object('user_id', me, 'batches', jsonb_build_array()) as row, o.import as known
    from jsonb_array_elements(rows) r (row)
    cross join lateral (select (r.row ->> 'id')::uuid as id) a
    left join private.own_imports(array(select (e ->> 'id')::uuid from jsonb_array_elements(rows) e)) o
      on o.archived_id = a.id
  ),
  added as (
    insert into public.imports
    select i.*
    from archived a
    cross join lateral jsonb_populate_record(null::public.imports, a.row) i
    where (a.known).id is null
    on conflict (id) do nothing
    returning id
  ),
  added_second as (
    insert into public.imports
    select i.*
    from archived a
    cross join lateral jsonb_populate_record(
      null::public.imports, a.row || jsonb_build_object('id', private.second_id(a.id))
    ) i
    where (a.known).id is null and a.id not in (select id from added)
    on conflict (id) do nothing
    returning id
  ),
  completed as (
    update public.imports i set
      status = n.status,
      row_count = n.row_count,
      inserted = n.inserted,
      updated = n.updated,
      unchanged = n.unchanged,
      covered = n.covered,
      kept_edits = n.kept_edits,
      replaced = n.replaced,
      skipped = n.skipped,
      rejected = n.rejected,
      cost_usd = n.cost_usd,
      first_date = n.first_date,
      last_date = n.last_date,
      undone_at = n.undone_at
    from archived a
    cross join lateral jsonb_populate_record(null::public.imports, a.row) n
    where i.id = (a.known).id
      and array_position(stages, n.status::text) > array_position(stages, i.status::text)
    returning i.id
  )
  select (select count(*) from added) + (select count(*) from added_second), (select count(*) from completed)
  into strict inserted, updated;
  return private.restore_counts(inserted, updated, 0, jsonb_array_length(rows));
end
$$;

-- Of two versions of a record, the one that was edited or imported later counts; without either, it is the oldest.
create or replace function private.record_version(r public.cost_records, imported_at timestamptz) returns timestamptz
language sql stable
set search_path = ''
as $$
  select coalesce(greatest((r.metadata ->> 'edited_at')::timestamptz, imported_at), '-infinity')
$$;

create or replace function private.restore_cost_records(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  written public.cost_records[];
  counts jsonb;
begin
  with archived as materialized (
    -- A row that was copied in a spreadsheet has the id of the first one.
    select distinct on ((a.record).id, (a.record).timestamp)
      a.record as r, (a.record).id, (a.record).timestamp, i.series, i.detail,
      ((a.record).timestamp at time zone 'UTC')::date as day,
      private.record_version(a.record, i.created_at) as version
    from private.archived_records(rows) a
    left join public.imports i on i.id = (a.record).import_id
    order by (a.record).id, (a.record).timestamp, a.place
  ),
  covered as materialized (
    select s.series, s.detail, c.day
    from (
      select series, detail, array_agg(distinct day) as days from archived where series is not null group by series, detail
    ) s
    cross join lateral (select distinct v.day from private.other_views(s.days, s.series, s.detail) v) c
  ),
  -- The date of a record without an import can be edited.
  moved as materialized (
    select r.id, r.timestamp
    from public.cost_records r
    where r.user_id = me and r.import_id is null and r.id in (select id from archived)
  ),
  compared as materialized (
    select
      a.r,
      c.day is not null as is_covered,
      k.id is not null or exists (select from moved m where m.id = a.id and m.timestamp <> a.timestamp) as is_known,
      k.id is not null and k is distinct from a.r and a.version > private.record_version(k, i.created_at) as is_later
    from archived a
    left join covered c on c.series = a.series and c.detail = a.detail and c.day = a.day
    left join public.cost_records k on k.id = a.id and k.timestamp = a.timestamp and k.user_id = me
    left join public.imports i on i.id = k.import_id
  )
  select
    private.restore_counts(
      count(*) filter (where not c.is_covered and not c.is_known),
      count(*) filter (where not c.is_covered and c.is_later),
      count(*) filter (where c.is_covered),
      jsonb_array_length(rows)
    ),
    array_agg(c.r) filter (where not c.is_covered and (c.is_later or not c.is_known))
  into strict counts, written
  from compared c;
  perform private.write_records(written);
  return counts;
end
$$;

-- The changes that undoing an import needs, except on days with another view here, where nothing is to be restored.
create or replace function private.restore_import_changes(rows jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  counts jsonb;
begin
  with archived as materialized (
    select
      e.place, (e.row ->> 'import_id')::uuid as import_id, (e.row ->> 'record_id')::uuid as record_id,
      (e.row ->> 'record_timestamp')::timestamptz as record_timestamp, (e.row ->> 'replaced')::boolean as replaced,
      e.row -> 'before' as before
    from jsonb_array_elements(rows) with ordinality as e (row, place)
  ),
  owned as materialized (
    select
      a.*, (o.import).id as own_id, (o.import).series, (o.import).detail,
      (a.record_timestamp at time zone 'UTC')::date as day
    from archived a
    left join private.own_imports(array(select distinct import_id from archived)) o on o.archived_id = a.import_id
  ),
  covered as materialized (
    select s.series, s.detail, c.day
    from (
      select series, detail, array_agg(distinct day) as days from owned where series is not null group by series, detail
    ) s
    cross join lateral (select distinct v.day from private.other_views(s.days, s.series, s.detail) v) c
  ),
  compared as materialized (
    select o.*, o.own_id is null or c.day is not null as is_left_out
    from owned o
    left join covered c on c.series = o.series and c.detail = o.detail and c.day = o.day
  ),
  written as (
    insert into public.import_changes (import_id, user_id, record_id, record_timestamp, replaced, before)
    select c.own_id, me, c.record_id, c.record_timestamp, c.replaced, to_jsonb(b.record)
    from compared c
    left join private.archived_records((select jsonb_agg(before order by place) from archived)) b on b.place = c.place
    where not c.is_left_out
    on conflict do nothing
    returning import_id
  )
  select private.restore_counts(
    (select count(*) from written), 0, count(*) filter (where c.is_left_out), jsonb_array_length(rows)
  )
  into strict counts
  from compared c;
  return counts;
end
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
    when 'provider' then return private.restore_providers(rows);
    when 'import' then return private.restore_imports(rows);
    when 'cost_record' then return private.restore_cost_records(rows);
    when 'import_change' then return private.restore_import_changes(rows);
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
  -- Create partitions first, as in `private.ingest`, including those for records that an undo may restore.
  perform private.add_month(month)
  from (
    select distinct date_trunc('month', (coalesce(r ->> 'record_timestamp', r ->> 'timestamp'))::timestamptz at time zone 'UTC')::date as month
    from jsonb_array_elements(rows) r
    where kind in ('cost_record', 'import_change')
  ) months;
  perform private.lock_imports();
  perform private.restore_kind(n.key, n.value) from jsonb_each(needs) n;
  return private.restore_kind(kind, rows);
end
$$;

-- Restores rows from `export_rows`, of this or another database, atomically. Existing rows stay, unless the archive has
-- a later version. With dry_run it does the same and rolls back, so the answer is exact; `needs` holds the rows of
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
  private.second_id, private.own_imports, private.archived_records, private.restore_counts,
  private.restore_preferences, private.restore_providers, private.restore_imports, private.record_version,
  private.restore_cost_records, private.restore_import_changes, private.restore_forecasts, private.restore_kind,
  private.restore
  from public;
grant execute on function
  private.second_id, private.own_imports, private.archived_records, private.restore_counts,
  private.restore_preferences, private.restore_providers, private.restore_imports, private.record_version,
  private.restore_cost_records, private.restore_import_changes, private.restore_forecasts, private.restore_kind,
  private.restore
  to authenticated, service_role;
revoke all on function public.restore_rows from public, anon;
grant execute on function public.restore_rows to authenticated, service_role;
