-- Undoes 20261127000400_ingest_speed: importing and summing as they were before. No record is lost.

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

-- The signed-in user's daily sums between two dates, ends included, as of this very statement.
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
  with days as (
    select s.*
    from private.sum_days(
      me,
      (case when all_stale then first_day else (select min(d) from unnest(stale) d) end - interval '1 day')
        at time zone 'UTC',
      (case when all_stale then last_day else (select max(d) from unnest(stale) d) end + interval '2 days')
        at time zone 'UTC',
      by_method
    ) s
    where s.date between first_day and last_day and (all_stale or s.date = any (stale))
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
