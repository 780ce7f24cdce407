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
  select private.import_json(i) || jsonb_build_object('reading', i.reading, 'series', i.series, 'detail', i.detail)
$$;

create or replace function private.import_change_json(c public.import_changes) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'import_id', c.import_id,
    'record_id', c.record_id,
    'record_timestamp', to_jsonb(c.record_timestamp at time zone 'UTC') #>> '{}' || 'Z',
    'replaced', c.replaced,
    'before', case when c.before is not null then
      private.record_json(jsonb_populate_record(null::public.cost_records, c.before))
    end
  )
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

-- The next rows of one kind, each with the key by which it is found again. `after` is the key of the row before them.
-- With a month (UTC): only its records, what an undo would put back among them, and the imports that these refer to.
create or replace function private.archive_page(kind text, after jsonb, max_rows int, only_month date default null)
returns table (archived jsonb, key jsonb)
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  since timestamptz := coalesce(only_month::timestamp at time zone 'UTC', '-infinity');
  until timestamptz := coalesce((only_month + interval '1 month') at time zone 'UTC', 'infinity');
  least_id constant uuid := '00000000-0000-0000-0000-000000000000';
begin
  case kind
    when 'preferences' then
      return query select public.get_preferences(), '[]'::jsonb where after is null and only_month is null;
    when 'provider' then
      return query
        select private.own_provider_json(p), jsonb_build_array(p.name)
        from public.providers p
        where p.owner_id = me and p.name > coalesce(after ->> 0, '')
        order by p.name
        limit max_rows;
    when 'import' then
      return query
        select private.whole_import_json(i), jsonb_build_array(i.created_at, i.id)
        from public.imports i
        where i.user_id = me
          and (
            only_month is null
            or i.id in (
              select r.import_id from public.cost_records r
              where r.user_id = me and r.timestamp >= since and r.timestamp < until
              union all
              select unnest(array[c.import_id, (c.before ->> 'import_id')::uuid]) from public.import_changes c
              where c.user_id = me and c.record_timestamp >= since and c.record_timestamp < until
            )
          )
          and (i.created_at, i.id)
            > (coalesce((after ->> 0)::timestamptz, '-infinity'), coalesce((after ->> 1)::uuid, least_id))
        order by i.created_at, i.id
        limit max_rows;
    when 'cost_record' then
      return query
        select private.record_json(r), jsonb_build_array(r.timestamp, r.id)
        from public.cost_records r
        where r.user_id = me
          -- With `after` this says nothing new, but lets the planner leave out partitions.
          and r.timestamp >= greatest((after ->> 0)::timestamptz, since) and r.timestamp < until
          and (r.timestamp, r.id)
            > (coalesce((after ->> 0)::timestamptz, '-infinity'), coalesce((after ->> 1)::uuid, least_id))
        order by r.timestamp, r.id
        limit max_rows;
    when 'import_change' then
      return query
        select private.import_change_json(c), jsonb_build_array(c.import_id, c.record_id, c.record_timestamp)
        from public.import_changes c
        where c.user_id = me
          and c.record_timestamp >= since and c.record_timestamp < until
          and (c.import_id, c.record_id, c.record_timestamp) > (
            coalesce((after ->> 0)::uuid, least_id),
            coalesce((after ->> 1)::uuid, least_id),
            coalesce((after ->> 2)::timestamptz, '-infinity')
          )
        order by c.import_id, c.record_id, c.record_timestamp
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
returns jsonb
language sql
set search_path = ''
as $$
  select jsonb_build_object(
    'rows', coalesce(jsonb_agg(p.archived order by p.place), '[]'),
    'next', case when count(*) >= max_rows then (array_agg(p.key order by p.place desc))[1]::text end
  )
  from private.archive_page(kind, after::jsonb, max_rows, only_month) with ordinality as p (archived, key, place)
$$;

create or replace function public.export_rows(kind text, after text default null, max_rows int default 1000)
returns jsonb
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
    'provider', (select count(*) from public.providers where owner_id = me),
    'import', (select count(*) from public.imports where user_id = me),
    'cost_record', (select count(*) from public.cost_records where user_id = me),
    'import_change', (select count(*) from public.import_changes where user_id = me),
    'forecast', (select count(*) from public.forecast_results where user_id = me)
  )
  from private.require_user() me
$$;

revoke all on function
  private.own_provider_json, private.whole_import_json, private.import_change_json, private.forecast_json,
  private.archive_page, private.refuse_kind, private.export_page
  from public;
grant execute on function
  private.own_provider_json, private.whole_import_json, private.import_change_json, private.forecast_json,
  private.archive_page, private.refuse_kind, private.export_page
  to authenticated, service_role;
revoke all on function public.export_rows, public.archive_counts from public, anon;
grant execute on function public.export_rows, public.archive_counts to authenticated, service_role;
