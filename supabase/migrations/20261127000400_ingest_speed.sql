-- Importing and summing at scale: what a batch or a sum costs depends on what it is about, not on what else is there.

-- Upserts one batch. `records` is an array of what src/lib/record.ts calls CostRecord. New records, mostly all of them,
-- go in first; only those that were there before are looked up and compared.
create or replace function private.upsert_records(import_id uuid, records jsonb, left_out date[]) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  counts jsonb;
begin
  -- Materialized, so that each provider is looked up once and not once a row.
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
    -- Each moment is looked up, with all that happened at it, and not each record: without statistics the planner takes
    -- an index of moments for records too, of which a thousand may be of one moment. `offset 0` keeps it from reading the
    -- whole table.
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
    perform private.refuse('record_twice', 'A record is in the batch twice.', 'Give each record an id of its own.');
  end if;
  return counts;
end
$$;

-- The signed-in user's daily sums between two dates, ends included, as of this very statement.
-- Records are read where days have changed, and a day or two around; days in between that have not are left out.
-- `counted_cost_usd` is what counts: charged money, and estimates where the provider has not billed that day.
create or replace function private.current_days(from_date date, to_date date, by_method boolean default false)
returns table (
  user_id uuid, provider_id uuid, date date, model_name varchar, collection_method varchar,
  counted_cost_usd numeric, billed_usd numeric, subscription_usd numeric, estimated_usd numeric, included_usd numeric,
  total_tokens bigint, input_tokens bigint, output_tokens bigint, cache_read_tokens bigint, cache_write_tokens bigint,
  unpriced_tokens bigint, request_count bigint, record_count bigint, billed_count bigint, cost_basis text
)
language plpgsql stable security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  first_day date := coalesce(from_date, '-infinity');
  last_day date := coalesce(to_date, 'infinity');
  -- A UTC date may touch the local dates before and after it.
  stale date[] := array(
    select distinct s.date + k from private.stale_days s, generate_series(-1, 1) k
    where s.user_id = me and s.date > '-infinity' and s.date + k between first_day and last_day
  );
  all_stale boolean := by_method or exists (
    select from private.stale_days s where s.user_id = me and s.date = '-infinity'
  );
begin
  return query
  with gaps as (
    select d, d - lag(d) over (order by d) > 3 as is_wide from unnest(stale) d
  ),
  runs as (
    select first_day as first, last_day as last where all_stale
    union all
    select min(r.d), max(r.d)
    from (select g.d, count(*) filter (where g.is_wide) over (order by g.d) as run from gaps g) r
    where not all_stale
    group by r.run
  ),
  days as (
    select s.*
    from runs r
    cross join lateral private.sum_days(
      me,
      (r.first - interval '1 day') at time zone 'UTC',
      (r.last + interval '2 days') at time zone 'UTC',
      by_method
    ) s
    where s.date between r.first and r.last and (all_stale or s.date = any (stale))
    union all
    select
      d.user_id, d.provider_id, d.date, d.model_name, null,
      d.total_cost_usd, d.total_subscription_usd, d.total_estimated_usd, d.total_included_usd,
      d.total_tokens, d.total_input_tokens, d.total_output_tokens,
      d.total_cache_read_tokens, d.total_cache_write_tokens, d.total_unpriced_tokens,
      d.total_requests, d.record_count, d.billed_count
    from public.cost_records_daily d
    where d.user_id = me and d.date between first_day and last_day and not all_stale and d.date <> all (stale)
  )
  select
    d.user_id, d.provider_id, d.date, d.model_name, d.collection_method,
    d.total_cost_usd + d.total_estimated_usd,
    d.total_cost_usd - d.total_subscription_usd,
    d.total_subscription_usd, d.total_estimated_usd, d.total_included_usd,
    d.total_tokens, d.total_input_tokens, d.total_output_tokens, d.total_cache_read_tokens, d.total_cache_write_tokens,
    d.total_unpriced_tokens, d.total_requests, d.record_count, d.billed_count,
    case
      when d.billed_count > 0 and d.total_estimated_usd <> 0 then 'mixed'
      when d.billed_count > 0 then 'billed'
      when d.total_estimated_usd <> 0 then 'estimated'
      when d.total_included_usd <> 0 then 'included'
      else 'none'
    end
  from days d;
end
$$;
