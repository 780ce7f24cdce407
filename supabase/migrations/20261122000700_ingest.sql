-- Imports: take records in, finish, list, take back.

create or replace function private.import_json(i public.imports) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', i.id,
    'source_name', i.source_name,
    'format', i.format,
    'sha256', i.sha256,
    'status', i.status,
    'row_count', i.row_count,
    'inserted', i.inserted,
    'updated', i.updated,
    'unchanged', i.unchanged,
    'covered', i.covered,
    'kept_edits', i.kept_edits,
    'replaced', i.replaced,
    'skipped', i.skipped,
    'rejected', i.rejected,
    'cost_usd', private.decimal_text(i.cost_usd),
    'first_date', i.first_date,
    'last_date', i.last_date,
    'created_at', private.moment_text(i.created_at),
    'undone_at', private.moment_text(i.undone_at)
  )
$$;

-- The one import of the signed-in user whose id begins so.
create or replace function private.find_import(id_prefix text) returns public.imports
language plpgsql stable
set search_path = ''
as $$
declare
  found public.imports[] := array(
    select i from public.imports i where i.id::text like lower(id_prefix) || '%' and id_prefix ~* '^[0-9a-f-]+$' limit 2
  );
begin
  if cardinality(found) = 0 then
    perform private.refuse(
      'import_not_found', format('There is no import %s.', id_prefix), 'See them with: aicost imports'
    );
  elsif cardinality(found) > 1 then
    perform private.refuse(
      'import_ambiguous', format('Several imports begin with %s.', id_prefix), 'Give more characters of the id.', 2
    );
  end if;
  return found[1];
end
$$;

-- Waits for other imports and undos of the same user: what they compare with must not change under their hands.
create or replace function private.lock_imports() returns void
language sql
set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended('aicost.imports ' || private.require_user(), 0))
$$;

-- Records of the same series on those days (UTC) that look at them in another detail: another view of the same money.
create or replace function private.other_views(days date[], series text, detail int, except_import uuid default null)
returns table (day date, record public.cost_records, detail int)
language sql stable
set search_path = ''
as $$
  select (r.timestamp at time zone 'UTC')::date, r, i.detail
  from public.imports i
  join public.cost_records r on r.import_id = i.id
  where i.series = other_views.series
    and i.detail <> other_views.detail
    and i.id is distinct from except_import
    and r.timestamp >= (select min(d) from unnest(days) d)::timestamp at time zone 'UTC'
    and r.timestamp < ((select max(d) from unnest(days) d) + 1)::timestamp at time zone 'UTC'
    and (r.timestamp at time zone 'UTC')::date = any (days)
$$;

-- Of two views of the same day, the one that holds more counts: the other is partial or older. Of equal ones (within
-- half a percent, for exports that round) the finer counts. A view that was edited by hand always stays.
-- Answers, for each day that has another view, whether the import's own view counts.
create or replace function private.compare_views(head public.imports, days date[], day_totals jsonb, measure text)
returns table (day date, counts boolean, is_edited boolean)
language sql stable
set search_path = ''
as $$
  with views as (
    select
      v.day, v.detail, bool_or((v.record).metadata ? 'edited_at') as is_edited,
      sum(case when measure = 'tokens_used' then coalesce((v.record).tokens_used, 0) else (v.record).cost_usd end) as total
    from private.other_views(days, head.series, head.detail) v
    group by v.day, v.detail
  ),
  compared as (
    select
      v.day, v.is_edited, v.total, head.detail > v.detail as is_finer,
      coalesce((day_totals ->> v.day::text)::numeric, v.total) as own_total,
      abs(v.total) * 0.005 as slack
    from views v
  )
  select
    c.day,
    bool_and(
      not c.is_edited
      and case when c.is_finer then c.own_total >= c.total - c.slack else c.own_total > c.total + c.slack end
    ),
    bool_or(c.is_edited)
  from compared c
  group by c.day
$$;

-- Deletes the other views of those days, and keeps them for an undo. Answers how many records.
create or replace function private.replace_views(head public.imports, days date[]) returns bigint
language sql
set search_path = ''
as $$
  with gone as (
    delete from public.cost_records r
    using private.other_views(days, head.series, head.detail) v
    where r.id = (v.record).id and r.timestamp = (v.record).timestamp and r.user_id = (v.record).user_id
    returning r.*
  ),
  logged as (
    insert into public.import_changes (import_id, user_id, record_id, record_timestamp, replaced, before)
    select head.id, g.user_id, g.id, g.timestamp, true, to_jsonb(g) from gone g
    on conflict do nothing
  )
  select count(*) from gone
$$;

-- Upserts one batch. `records` is an array of what src/lib/record.ts calls CostRecord.
create or replace function private.upsert_records(import_id uuid, records jsonb, left_out date[]) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  counts jsonb;
begin
  with incoming as materialized (
    select i.*, p.id as provider_id
    from jsonb_to_recordset(records) as i (
      id uuid, provider text, "timestamp" timestamptz, granularity varchar, model_name varchar,
      cost_usd numeric(18, 10), estimated_cost_usd numeric(18, 10), tokens_used bigint, input_tokens bigint,
      output_tokens bigint, cache_read_tokens bigint, cache_write_tokens bigint, request_count bigint,
      collection_method varchar, metadata jsonb
    )
    join (select name, private.provider_id(name) as id from (select distinct r ->> 'provider' as name from jsonb_array_elements(records) r) n) p
      on p.name = i.provider
    where (i.timestamp at time zone 'UTC')::date <> all (left_out)
  ),
  compared as materialized (
    select
      i.*,
      r.id is not null as is_known,
      coalesce(r.metadata ? 'edited_at', false) as is_edited,
      (
        r.provider_id, r.granularity, r.model_name, r.cost_usd, r.estimated_cost_usd, r.tokens_used, r.input_tokens,
        r.output_tokens, r.cache_read_tokens, r.cache_write_tokens, r.request_count, r.collection_method, r.metadata
      ) is distinct from (
        i.provider_id, i.granularity, i.model_name, i.cost_usd, i.estimated_cost_usd, i.tokens_used, i.input_tokens,
        i.output_tokens, i.cache_read_tokens, i.cache_write_tokens, i.request_count, i.collection_method, i.metadata
      ) as is_different,
      case when r.id is not null then to_jsonb(r) end as before
    from incoming i
    left join public.cost_records r on r.id = i.id and r.timestamp = i.timestamp and r.user_id = me
  ),
  written as (
    insert into public.cost_records as r (
      id, user_id, provider_id, timestamp, granularity, model_name, cost_usd, estimated_cost_usd, tokens_used,
      input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, request_count, collection_method,
      import_id, metadata
    )
    select
      c.id, me, c.provider_id, c.timestamp, c.granularity, c.model_name, c.cost_usd, c.estimated_cost_usd, c.tokens_used,
      c.input_tokens, c.output_tokens, c.cache_read_tokens, c.cache_write_tokens, c.request_count, c.collection_method,
      upsert_records.import_id, c.metadata
    from compared c
    where not c.is_known or (c.is_different and not c.is_edited)
    on conflict (id, timestamp, user_id) do update set
      provider_id = excluded.provider_id,
      granularity = excluded.granularity,
      model_name = excluded.model_name,
      cost_usd = excluded.cost_usd,
      estimated_cost_usd = excluded.estimated_cost_usd,
      tokens_used = excluded.tokens_used,
      input_tokens = excluded.input_tokens,
      output_tokens = excluded.output_tokens,
      cache_read_tokens = excluded.cache_read_tokens,
      cache_write_tokens = excluded.cache_write_tokens,
      request_count = excluded.request_count,
      collection_method = excluded.collection_method,
      import_id = excluded.import_id,
      metadata = excluded.metadata
  ),
  logged as (
    insert into public.import_changes (import_id, user_id, record_id, record_timestamp, before)
    select upsert_records.import_id, me, c.id, c.timestamp, c.before
    from compared c
    where c.is_known and c.is_different and not c.is_edited
    on conflict do nothing
  )
  select jsonb_build_object(
    'inserted', count(*) filter (where not is_known),
    'updated', count(*) filter (where is_known and is_different and not is_edited),
    'unchanged', count(*) filter (where is_known and not is_different),
    'covered', jsonb_array_length(records) - count(*),
    'kept_edits', count(*) filter (where is_known and is_different and is_edited)
  )
  into strict counts
  from compared;
  return counts;
end
$$;

create or replace function private.ingest(import jsonb, records jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  head public.imports := jsonb_populate_record(null::public.imports, import);
  days date[];
  covered date[] := '{}';
  edited date[] := '{}';
  replaced bigint := 0;
  kept_edits bigint := 0;
  counts jsonb;
begin
  -- Partitions first: attaching one locks what its foreign keys refer to, `imports` too, and must not wait for a row
  -- that another import has locked there while it waits for this one.
  days := array(
    select distinct ((r ->> 'timestamp')::timestamptz at time zone 'UTC')::date from jsonb_array_elements(records) r
  );
  perform private.add_month(month) from (select distinct date_trunc('month', d)::date as month from unnest(days) d) months;
  perform private.lock_imports();

  insert into public.imports (id, user_id, source_name, format, reading, series, detail, sha256)
  values (
    head.id, private.require_user(), head.source_name, head.format, coalesce(head.reading, ''), head.series,
    coalesce(head.detail, 0), head.sha256
  )
  on conflict (id) do nothing;

  -- Looking at the imports first spares most of them a look at the records.
  if exists (select from public.imports i where i.series = head.series and i.detail <> head.detail) then
    select
      coalesce(array_agg(v.day) filter (where not v.counts), '{}'),
      coalesce(array_agg(v.day) filter (where v.is_edited), '{}')
    into covered, edited
    from private.compare_views(head, days, import -> 'day_totals', import ->> 'measure') v;
    replaced := private.replace_views(head, array(select d from unnest(days) d where d <> all (covered)));
    kept_edits := (
      select count(*) from jsonb_array_elements(records) r
      where ((r ->> 'timestamp')::timestamptz at time zone 'UTC')::date = any (edited)
    );
  end if;
  counts := private.upsert_records(head.id, records, covered);
  counts := counts || jsonb_build_object(
    'replaced', replaced,
    'covered', (counts ->> 'covered')::bigint - kept_edits,
    'kept_edits', (counts ->> 'kept_edits')::bigint + kept_edits
  );

  update public.imports i set
    inserted = i.inserted + (counts ->> 'inserted')::bigint,
    updated = i.updated + (counts ->> 'updated')::bigint,
    unchanged = i.unchanged + (counts ->> 'unchanged')::bigint,
    covered = i.covered + (counts ->> 'covered')::bigint,
    kept_edits = i.kept_edits + (counts ->> 'kept_edits')::bigint,
    replaced = i.replaced + (counts ->> 'replaced')::bigint
  where i.id = head.id;
  return counts;
end
$$;

-- The id of an import of the same bytes, read in the same way, that was cut short: whoever imports the file again goes
-- on with it, so that it can be taken back whole. Null where there is none. The same bytes read in another way would be
-- other records beside the first ones: refused.
create or replace function public.resume_import(sha256 text, reading text) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
  other public.imports;
begin
  select i.* into other from public.imports i
  where i.sha256 = resume_import.sha256 and i.reading <> resume_import.reading and i.status <> 'undone'
  order by i.created_at
  limit 1;
  if found then
    perform private.refuse(
      'file_imported_otherwise',
      format('This very file was imported on %s in another way (%s).', other.created_at::date, other.format),
      format('Take that back first: aicost imports undo %s', left(other.id::text, 8))
    );
  end if;
  return (
    select to_jsonb(i.id) from public.imports i
    where i.sha256 = resume_import.sha256 and i.reading = resume_import.reading and i.status = 'running'
    order by i.created_at
    limit 1
  );
end
$$;

-- Takes in one batch of records, atomically: new ones are inserted, known ones updated where they differ. With
-- dry_run it does the same and rolls it back, so the answer is exact.
create or replace function public.ingest_cost_records(import jsonb, records jsonb, dry_run boolean default false)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  counts jsonb;
begin
  if dry_run is not true then
    return private.ingest(import, records);
  end if;
  begin
    counts := private.ingest(import, records);
    raise exception using errcode = 'ACDRY';
  exception when sqlstate 'ACDRY' then
    return counts;
  end;
end
$$;

-- Closes an import with what the importer counted. An import that changed nothing leaves no trace: null.
create or replace function public.finish_import(import_id uuid, summary jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  finished public.imports;
begin
  delete from public.imports i
  where i.id = finish_import.import_id and i.inserted + i.updated + i.replaced = 0;
  update public.imports i set
    status = 'done',
    row_count = (summary ->> 'row_count')::bigint,
    skipped = (summary ->> 'skipped')::bigint,
    rejected = (summary ->> 'rejected')::bigint,
    cost_usd = (summary ->> 'cost_usd')::numeric,
    first_date = (summary ->> 'first_date')::date,
    last_date = (summary ->> 'last_date')::date
  where i.id = finish_import.import_id
  returning * into finished;
  return case when finished.id is not null then private.import_json(finished) end;
end
$$;

create or replace function public.list_imports(max_rows bigint, skip_rows bigint default 0) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'total', (select count(*) from public.imports),
    'imports', (
      select coalesce(jsonb_agg(private.import_json(i) order by i.created_at desc, i.id), '[]')
      from (select * from public.imports order by created_at desc, id limit max_rows offset skip_rows) i
    )
  )
$$;

create or replace function public.get_import(import_id text) returns jsonb
language sql stable
set search_path = ''
as $$
  select private.import_json(private.find_import(import_id))
$$;

-- Takes one import back whole: what it inserted goes, what it updated or replaced is put back as it was before.
-- Records that a later import has changed since keep that import's values; undoing it later then leads to what was
-- there before both.
create or replace function public.undo_import(import_id text) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  undone public.imports := private.find_import(undo_import.import_id);
  removed bigint;
  restored bigint;
  edits_lost bigint;
begin
  perform private.lock_imports();
  if undone.status = 'undone' then
    perform private.refuse(
      'import_undone',
      format('The import %s was undone already, on %s.', left(undone.id::text, 8), undone.undone_at::date),
      'Import the file again to have its records back.'
    );
  end if;

  -- Later imports forget this one: what they found was made by it.
  update public.import_changes later
  set before = (
    select mine.before from public.import_changes mine
    where mine.import_id = undone.id
      and mine.record_id = later.record_id
      and mine.record_timestamp = later.record_timestamp
      and not mine.replaced
  )
  where later.import_id <> undone.id and later.before ->> 'import_id' = undone.id::text;
  delete from public.import_changes later where later.replaced and later.before is null;

  -- What was updated is put back only where it still is as this import left it.
  delete from public.import_changes c
  where c.import_id = undone.id
    and not c.replaced
    and not exists (
      select from public.cost_records r
      where r.id = c.record_id and r.timestamp = c.record_timestamp and r.import_id = undone.id
    );
  -- What was replaced waits, where yet another view of its day counts by now, for the undo of that one.
  with waiting as (
    select c.*, (
      select (v.record).import_id
      from private.other_views(
        array[(c.record_timestamp at time zone 'UTC')::date], b.series, b.detail, except_import => undone.id
      ) v
      limit 1
    ) as covered_by
    from public.import_changes c
    join public.imports b on b.id = (c.before ->> 'import_id')::uuid
    where c.import_id = undone.id and c.replaced
  ),
  handed_on as (
    insert into public.import_changes (import_id, user_id, record_id, record_timestamp, replaced, before)
    select w.covered_by, w.user_id, w.record_id, w.record_timestamp, true, w.before
    from waiting w
    where w.covered_by is not null
    on conflict do nothing
  )
  delete from public.import_changes c
  using waiting w
  where c.import_id = undone.id and c.record_id = w.record_id and c.record_timestamp = w.record_timestamp
    and w.covered_by is not null;

  select count(*) into edits_lost
  from public.cost_records r
  where r.import_id = undone.id and r.metadata ? 'edited_at';
  delete from public.cost_records r where r.import_id = undone.id;
  get diagnostics removed = row_count;
  insert into public.cost_records
  select r.*
  from public.import_changes c
  cross join lateral jsonb_populate_record(null::public.cost_records, c.before) r
  where c.import_id = undone.id and c.before is not null
  on conflict do nothing;
  get diagnostics restored = row_count;
  removed := removed - (
    select count(*) from public.import_changes c
    where c.import_id = undone.id and c.before is not null and not c.replaced
  );

  delete from public.import_changes c where c.import_id = undone.id;
  update public.imports i set status = 'undone', undone_at = clock_timestamp() where i.id = undone.id;
  return jsonb_build_object('id', undone.id, 'removed', removed, 'restored', restored, 'edits_lost', edits_lost);
end
$$;

revoke all on function
  private.import_json, private.find_import, private.lock_imports, private.other_views, private.compare_views,
  private.replace_views, private.upsert_records, private.ingest
  from public;
grant execute on function
  private.import_json, private.find_import, private.lock_imports, private.other_views, private.compare_views,
  private.replace_views, private.upsert_records, private.ingest
  to authenticated, service_role;
revoke all on function
  public.ingest_cost_records, public.resume_import, public.finish_import, public.list_imports, public.get_import, public.undo_import
  from public, anon;
grant execute on function
  public.ingest_cost_records, public.resume_import, public.finish_import, public.list_imports, public.get_import, public.undo_import
  to authenticated, service_role;
