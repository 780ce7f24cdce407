-- The calls of coding agents, which `aicost scan` reads in their logs: what is stored of them, who pays for them, and their
-- sessions.

-- By agent, how many scans count, how many were undone, and the place of the last that counts: a machine that has read logs
-- finds out by these whether what it stored is still there, and what it does not know yet.
create or replace function public.list_scans() returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(
    jsonb_object_agg(
      s.agent,
      jsonb_build_object('standing', s.standing, 'undone', s.undone, 'last', s.last, 'last_at', private.moment_text(s.last_at))
    ),
    '{}'
  )
  from (
    select
      substr(i.series, length('agent/') + 1) as agent,
      count(*) filter (where i.status = 'done') as standing,
      count(*) filter (where i.status = 'undone') as undone,
      coalesce(max(i.seq) filter (where i.status = 'done'), 0) as last,
      max(i.created_at) filter (where i.status = 'done') as last_at
    from public.imports i
    where i.user_id = (select auth.uid()) and i.series like 'agent/%'
    group by i.series
  ) s
$$;

-- What the last finished scans say of quarters of an hour: those with these ids, and those that have one of these calls.
create or replace function public.find_calls(ids uuid[], calls uuid[]) returns jsonb
language sql stable
set search_path = ''
-- Without statistics, the planner reads whole tables.
set enable_seqscan = off
set enable_hashjoin = off
as $$
  with asked as materialized (
    select unnest(find_calls.ids) as id
    union
    select r.id from public.cost_records r
    where r.user_id = (select auth.uid()) and r.calls && find_calls.calls and r.calls is not null
    union
    select l.id from public.layer_rows l
    where l.user_id = (select auth.uid()) and l.calls && find_calls.calls and l.calls is not null
  ),
  rows as materialized (
    select r.*
    from public.cost_records r
    where r.user_id = (select auth.uid()) and r.id = any (array(select a.id from asked a)) and r.calls is not null
      and not r.metadata ? 'edited_at'
    union all
    select l.*
    from public.layer_rows l
    where l.user_id = (select auth.uid()) and l.id = any (array(select a.id from asked a)) and l.calls is not null
  ),
  finished as materialized (
    select a.sheet_id, min(i.seq) as place
    from public.attestations a
    join public.imports i on i.user_id = a.user_id and i.id = a.import_id and i.status = 'done'
    where a.user_id = (select auth.uid()) and a.sheet_id = any (array(select distinct r.sheet_id from rows r))
    group by a.sheet_id
  )
  select coalesce(
    jsonb_agg(
      private.row_json(q.record, (select p.name from public.providers p where p.id = (q.record).provider_id))
        || private.calls_json(q.record)
    ),
    '[]'
  )
  from (
    select distinct on (r.id) row(r.*)::public.cost_records as record
    from rows r
    join finished f on f.sheet_id = r.sheet_id
    order by r.id, f.place desc
  ) q
$$;

-- Whether a call was settled by the user, or by nobody: its log does not say who pays.
create or replace function private.is_unsettled(metadata jsonb) returns boolean
language sql immutable
set search_path = ''
as $$
  select coalesce(metadata ->> 'paid_by', 'unknown') = 'unknown' or metadata ? 'paid_by_user'
$$;

-- The metadata of a call with who pays, which decides what an estimate of it is.
create or replace function private.settled(metadata jsonb, said jsonb, is_estimated boolean) returns jsonb
language sql stable
set search_path = ''
as $$
  select metadata || said || case
    when is_estimated then jsonb_build_object('cost_basis', private.estimate_basis(said))
    else '{}'
  end
$$;

-- Notes who pays for the calls of an agent whose log does not say so, from a day of the user's on; null is from the
-- beginning. Returns how many calls that changes.
create or replace function public.settle_agent(agent text, paid_by text, since date default null) returns bigint
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  zone text := coalesce((select p.timezone from public.user_preferences p where p.user_id = me), 'UTC');
  from_moment timestamptz := coalesce(since::timestamp at time zone zone, '-infinity');
  -- Whole days are those of their report, in any time zone.
  from_midnight timestamptz := coalesce(since::timestamp at time zone 'UTC', '-infinity');
  said jsonb := jsonb_build_object('paid_by', settle_agent.paid_by, 'paid_by_user', true);
  changed bigint;
begin
  if settle_agent.paid_by not in ('plan', 'key') then
    perform private.refuse('usage', format('“%s” is neither plan nor key.', settle_agent.paid_by), 'Use plan or key.');
  end if;
  perform private.lock_imports();
  with settled as (
    update public.cost_records r
    set metadata = private.settled(r.metadata, said, r.estimated_cost_usd is not null)
    where r.user_id = me and r.agent = settle_agent.agent and r.collection_method = 'agent_log'
      and r.timestamp >= case when r.granularity = 'day' then from_midnight else from_moment end
      and private.is_unsettled(r.metadata) and not r.metadata ? 'edited_at' and not r.metadata @> said
    returning r.request_count
  )
  select coalesce(sum(coalesce(s.request_count, 1)), 0) into changed from settled s;
  update public.layer_rows r
  set metadata = private.settled(r.metadata, said, r.estimated_cost_usd is not null)
  where r.user_id = me and r.agent = settle_agent.agent and r.collection_method = 'agent_log'
    and r.timestamp >= case when r.granularity = 'day' then from_midnight else from_moment end
    and private.is_unsettled(r.metadata) and not r.metadata @> said;
  return changed;
end
$$;

-- The sessions of coding agents with calls on the days of a range, which are those of the user's time zone; null is open.
-- The sums are of these days.
create or replace function public.list_sessions(from_date date default null, to_date date default null) returns jsonb
language sql stable
set search_path = ''
as $$
  with settings as materialized (
    select
      (select auth.uid()) as me,
      coalesce((select p.timezone from public.user_preferences p where p.user_id = (select auth.uid())), 'UTC') as zone
  ),
  sessions as materialized (
    select
      r.agent, r.session, min(m.first_at) as first_at, max(m.last_at) as last_at,
      (array_agg(r.project order by r.timestamp) filter (where r.project is not null))[1] as project,
      array_agg(distinct r.model_name) filter (where r.model_name is not null) as models,
      sum(coalesce(r.request_count, 1)) as calls, sum(r.input_tokens) as input_tokens, sum(r.output_tokens) as output_tokens,
      sum(r.cache_read_tokens) as cache_read_tokens, sum(r.cache_write_tokens) as cache_write_tokens,
      coalesce(sum(r.estimated_cost_usd) filter (where r.metadata ->> 'cost_basis' = 'included'), 0) as included_usd,
      coalesce(sum(r.estimated_cost_usd) filter (where r.metadata ->> 'cost_basis' = 'estimated'), 0) as estimated_usd,
      coalesce(sum(r.tokens_used) filter (where r.metadata ->> 'cost_basis' = 'none'), 0) as unpriced_tokens
    from public.cost_records r
    cross join settings t
    cross join lateral (
      select
        coalesce((r.metadata ->> 'first_at')::timestamptz, r.timestamp) as first_at,
        coalesce((r.metadata ->> 'last_at')::timestamptz, r.timestamp) as last_at
    ) m
    where r.user_id = t.me and r.collection_method = 'agent_log' and r.session is not null
      and r.timestamp >= coalesce(from_date::timestamp at time zone t.zone, '-infinity')
      and r.timestamp < coalesce((to_date + 1)::timestamp at time zone t.zone, 'infinity')
    group by r.agent, r.session
  )
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'agent', s.agent, 'session', s.session, 'project', s.project, 'models', coalesce(to_jsonb(s.models), '[]'),
        'first_at', private.moment_text(s.first_at), 'last_at', private.moment_text(s.last_at), 'calls', s.calls,
        'input_tokens', s.input_tokens, 'output_tokens', s.output_tokens, 'cache_read_tokens', s.cache_read_tokens,
        'cache_write_tokens', s.cache_write_tokens, 'included_usd', trim_scale(s.included_usd)::text,
        'estimated_usd', trim_scale(s.estimated_usd)::text, 'unpriced_tokens', s.unpriced_tokens
      )
      order by s.first_at, s.agent, s.session
    ),
    '[]'
  )
  from sessions s
$$;

revoke all on function private.is_unsettled, private.settled from public;
grant execute on function private.is_unsettled, private.settled to authenticated, service_role;
revoke all on function
  public.list_scans, public.find_calls, public.settle_agent, public.list_sessions
  from public, anon;
grant execute on function
  public.list_scans, public.find_calls, public.settle_agent, public.list_sessions
  to authenticated, service_role;
