-- Which source says what of each provider and date, and what of it counts.

-- The imports of the signed-in user that say what this sheet says, in their order.
create or replace function private.imports_of(sheet_id uuid) returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'source_name', i.source_name) order by i.seq), '[]')
  from public.attestations a
  join public.imports i on i.id = a.import_id and i.user_id = a.user_id
  where a.sheet_id = imports_of.sheet_id and a.user_id = (select auth.uid())
$$;

-- Of each provider and date between two dates, ends included: the records that count, by the sheet that they are from, and
-- the rows of sheets that do not count, with the imports that count on their days instead.
create or replace function public.list_sources(from_date date, to_date date) returns jsonb
language sql stable
set search_path = ''
as $$
  with zone as (
    select coalesce((select p.timezone from public.user_preferences p where p.user_id = (select auth.uid())), 'UTC') as name
  ),
  span as (
    select
      coalesce((from_date - interval '1 day') at time zone 'UTC', '-infinity') as first,
      coalesce((to_date + interval '2 days') at time zone 'UTC', 'infinity') as behind
  ),
  rows as (
    select
      true as counts, r.timestamp, r.granularity, r.provider_id, r.account, r.collection_method, r.sheet_id, r.cost_usd,
      r.estimated_cost_usd, r.metadata
    from public.cost_records r, span
    where r.user_id = (select auth.uid()) and r.timestamp >= span.first and r.timestamp < span.behind
    union all
    select
      false, l.timestamp, l.granularity, l.provider_id, l.account, l.collection_method, l.sheet_id, l.cost_usd,
      l.estimated_cost_usd, l.metadata
    from public.layer_rows l
    join public.sheets s on s.id = l.sheet_id and s.user_id = l.user_id
    cross join span
    where l.user_id = (select auth.uid()) and l.timestamp >= span.first and l.timestamp < span.behind and not s.counts
  ),
  dated as (
    select
      r.*,
      (r.timestamp at time zone case when r.granularity in ('day', 'month') then 'UTC' else zone.name end)::date as date
    from rows r
    cross join zone
  ),
  sources as (
    select
      d.date, d.provider_id, d.account, d.collection_method, d.sheet_id, d.counts,
      count(*) as record_count,
      sum(d.cost_usd) as cost_usd,
      coalesce(sum(d.estimated_cost_usd) filter (where d.metadata ->> 'cost_basis' = 'estimated'), 0) as estimated_usd
    from dated d
    where d.date between coalesce(from_date, '-infinity') and coalesce(to_date, 'infinity')
    group by 1, 2, 3, 4, 5, 6
  )
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'date', x.date,
        'provider', p.name,
        'account', x.account,
        'method', x.collection_method,
        'imports', private.imports_of(x.sheet_id),
        'counts', x.counts,
        'record_count', x.record_count,
        'cost_usd', trim_scale(x.cost_usd)::text,
        'estimated_usd', trim_scale(x.estimated_usd)::text,
        'hidden_by', case when x.counts then '[]' else private.imports_instead(s, i) end
      )
      order by x.date, p.name, x.account, x.collection_method, x.counts desc, x.sheet_id
    ),
    '[]'
  )
  from sources x
  join public.providers p on p.id = x.provider_id
  left join public.sheets s on s.id = x.sheet_id and s.user_id = (select auth.uid())
  left join lateral (
    select i.*
    from public.attestations a
    join public.imports i on i.id = a.import_id and i.user_id = a.user_id
    where not x.counts and a.sheet_id = x.sheet_id and a.user_id = (select auth.uid())
    order by i.seq
    limit 1
  ) i on true
$$;

revoke all on function private.imports_of from public;
grant execute on function private.imports_of to authenticated, service_role;
revoke all on function public.list_sources from public, anon;
grant execute on function public.list_sources to authenticated, service_role;
