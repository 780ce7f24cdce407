-- Adds the records of an import in batches. The time for a batch depends on the batch, not on the size of the table.

-- Upserts one batch. `records` is an array of CostRecord (src/lib/record/record.ts). It first inserts the new records,
-- usually all of them, and only looks up and compares the others.
create or replace function private.upsert_records(import_id uuid, records jsonb, left_out date[]) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  counts jsonb;
begin
  -- Materialized, so that each provider is looked up once, not once per row.
  with named as materialized (
    select n.name, private.provider_id(n.name) as id
    from (select distinct r ->> 'provider' as name from jsonb_array_elements(records) r) n
  ),
  incoming as materialized (
    select i.*, n.id as provider_id
    from jsonb_to_recordset(records) as i (
      id uuid, provider text, "timestamp" timestamptz, granularity varchar, model_name varchar,
      cost_usd numeric(18, 10), estimated_cost_usd numeric(18, 10), tokens_used bigint, input_tokens bigint,
      output_tokens bigint, cache_read_tokens bigint, cache_write_tokens bigint, request_count bigint,
      collection_method varchar, metadata jsonb
    )
    join named n on n.name = i.provider
    where (i.timestamp at time zone 'UTC')::date <> all (left_out)
  ),
  added as (
    insert into public.cost_records as r (
      id, user_id, provider_id, timestamp, granularity, model_name, cost_usd, estimated_cost_usd, tokens_used,
      input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, request_count, collection_method,
      import_id, metadata
    )
    select
      i.id, me, i.provider_id, i.timestamp, i.granularity, i.model_name, i.cost_usd, i.estimated_cost_usd, i.tokens_used,
      i.input_tokens, i.output_tokens, i.cache_read_tokens, i.cache_write_tokens, i.request_count, i.collection_method,
      upsert_records.import_id, i.metadata
    from incoming i
    on conflict do nothing
    returning r.id, r.timestamp
  ),
  known as materialized (
    select i.* from incoming i where (i.id, i.timestamp) not in (select a.id, a.timestamp from added a)
  ),
  compared as materialized (
    select
      i.*,
      coalesce(r.metadata ? 'edited_at', false) as is_edited,
      (
        r.provider_id, r.granularity, r.model_name, r.cost_usd, r.estimated_cost_usd, r.tokens_used, r.input_tokens,
        r.output_tokens, r.cache_read_tokens, r.cache_write_tokens, r.request_count, r.collection_method, r.metadata
      ) is distinct from (
        i.provider_id, i.granularity, i.model_name, i.cost_usd, i.estimated_cost_usd, i.tokens_used, i.input_tokens,
        i.output_tokens, i.cache_read_tokens, i.cache_write_tokens, i.request_count, i.collection_method, i.metadata
      ) as is_different,
      to_jsonb(r) as before
    -- Looks up moments, not records: without statistics, the planner uses the index of moments for records too, and a
    -- thousand records may share a moment. `offset 0` keeps it from reading the whole table.
    from (select distinct k.timestamp from known k) m
    cross join lateral (
      select k.* from public.cost_records k where k.timestamp = m.timestamp and k.user_id = me offset 0
    ) r
    join known i on i.id = r.id and i.timestamp = r.timestamp
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
    where c.is_different and not c.is_edited
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
    where c.is_different and not c.is_edited
    on conflict do nothing
  )
  select jsonb_build_object(
    'inserted', (select count(*) from added),
    'updated', count(*) filter (where is_different and not is_edited),
    'unchanged', count(*) filter (where not is_different),
    'covered', jsonb_array_length(records) - (select count(*) from incoming),
    'kept_edits', count(*) filter (where is_different and is_edited)
  )
  into strict counts
  from compared;
  if (select sum(n.value::bigint) from jsonb_each_text(counts) n) <> jsonb_array_length(records) then
    perform private.refuse('record_twice', 'A record is in the batch twice.', 'Give each record its own id.');
  end if;
  return counts;
end
$$;

-- Adds one batch. `import.whole_days` are UTC dates that the batch covers completely: earlier records of the same feed
-- that this batch lacks are deleted. The counts then include the number of these records (`retired`), and of earlier
-- days that are different now (`restated_days`).
create or replace function private.ingest(import jsonb, records jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  head public.imports := jsonb_populate_record(null::public.imports, import);
  whole_days date[] := array(select d::date from jsonb_array_elements_text(coalesce(import -> 'whole_days', '[]')) d);
  days date[];
  marks jsonb;
  new_marks jsonb;
  covered date[] := '{}';
  edited date[] := '{}';
  replaced bigint := 0;
  retired bigint := 0;
  kept_edits bigint := 0;
  counts jsonb;
begin
  -- Create partitions first: attaching one locks the tables of its foreign keys, including `imports`. It must not wait
  -- for a row that another import has locked there while that import waits for this one.
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

  -- Most imports overlap with no other one, and need not look at the records.
  if exists (
    select from public.imports i
    where i.series = any ((select private.overlapping_series(head.series))::text[])
      and (i.series <> head.series or i.detail <> head.detail)
  ) then
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
  if import ? 'whole_days' then
    marks := private.day_marks(head, whole_days);
    retired := private.retire_records(head, whole_days, records);
  end if;
  counts := private.upsert_records(head.id, records, covered);
  -- Records that an interrupted import made itself are not earlier ones when it continues.
  delete from public.import_changes c where c.import_id = head.id and c.before ->> 'import_id' = head.id::text;
  counts := counts || jsonb_build_object(
    'replaced', replaced,
    'covered', (counts ->> 'covered')::bigint - kept_edits,
    'kept_edits', (counts ->> 'kept_edits')::bigint + kept_edits
  );
  if import ? 'whole_days' then
    new_marks := private.day_marks(head, whole_days);
    counts := counts || jsonb_build_object(
      'retired', retired,
      'restated_days', (select count(*) from jsonb_each(marks) m where new_marks -> m.key is distinct from m.value)
    );
  end if;

  update public.imports i set
    inserted = i.inserted + (counts ->> 'inserted')::bigint,
    updated = i.updated + (counts ->> 'updated')::bigint,
    unchanged = i.unchanged + (counts ->> 'unchanged')::bigint,
    covered = i.covered + (counts ->> 'covered')::bigint,
    kept_edits = i.kept_edits + (counts ->> 'kept_edits')::bigint,
    replaced = i.replaced + (counts ->> 'replaced')::bigint + retired
  where i.id = head.id;
  return counts;
end
$$;

-- Adds one batch of records atomically: inserts new ones, and updates known ones that differ. With dry_run it does the
-- same and rolls back, so the answer is exact. A batch whose key, import.batch, is among the latest ones was added
-- before: it changes nothing, and returns the same answer. If the import was undone meanwhile, the batch is refused,
-- because its records could not be undone any more.
create or replace function public.ingest_cost_records(import jsonb, records jsonb, dry_run boolean default false)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  counts jsonb;
begin
  begin
    counts := private.ingest(import, records);
    -- Check only now, under the lock of ingesting: the first try, or an undo, may still have been running before.
    perform private.refuse(
      'import_undone',
      format('The import %s was undone meanwhile.', left(i.id::text, 8)),
      'Import the file again to get its records back.'
    )
    from public.imports i
    where i.id = (import ->> 'id')::uuid and i.status = 'undone';
    update public.imports i
    set batches = jsonb_path_query_array(
      jsonb_build_array(jsonb_build_object('key', import -> 'batch', 'counts', counts)) || i.batches, '$[0 to 15]'
    )
    where i.id = (import ->> 'id')::uuid
      and (import ->> 'batch' is null or not i.batches @> jsonb_build_array(jsonb_build_object('key', import -> 'batch')));
    if dry_run or not found then
      raise exception using errcode = 'ACDRY';
    end if;
  exception when sqlstate 'ACDRY' then
    null;
  end;
  return coalesce(
    (
      select b -> 'counts' from public.imports i, jsonb_array_elements(i.batches) b
      where i.id = (import ->> 'id')::uuid and b -> 'key' = import -> 'batch' and dry_run is not true
    ),
    counts
  );
end
$$;

revoke all on function private.upsert_records, private.ingest from public;
grant execute on function private.upsert_records, private.ingest to authenticated, service_role;
revoke all on function public.ingest_cost_records from public, anon;
grant execute on function public.ingest_cost_records to authenticated, service_role;
