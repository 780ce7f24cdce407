-- The setup of this database. `aicost db status` shows it, and every command checks whether it fits its version.

-- From the history of the Supabase command line, by version: a digest of the text of each migration. That command line
-- cuts a file into statements, and leaves out the white space between them.
create or replace function private.migration_texts() returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  history regclass := to_regclass('supabase_migrations.schema_migrations');
  fingerprint text := 'null';
  texts jsonb := '{}';
begin
  if exists (select from pg_attribute a where a.attrelid = history and a.attname = 'statements') then
    fingerprint := $text$
      case
        when cardinality(statements) = 1 then md5(btrim(statements[1], E' \t\r\n;'))
        else md5(nullif(translate(array_to_string(statements, ''), E' \t\r\n;', ''), ''))
      end
    $text$;
  end if;
  if history is not null then
    execute format('select coalesce(jsonb_object_agg(version, %s), ''{}'') from %s', fingerprint, history) into texts;
  end if;
  return texts;
end
$$;

-- The pg_cron jobs of this schema; null if that extension is not enabled.
create or replace function private.cron_jobs() returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  jobs jsonb;
begin
  if to_regclass('cron.job') is not null then
    execute $query$
      select coalesce(jsonb_agg(j.jobname order by j.jobname), '[]')
      from cron.job j
      where j.jobname like 'aicost-%' and j.active
    $query$ into jobs;
  end if;
  return jobs;
end
$$;

-- How many of the signed-in user's days are summed on the fly until the next refresh.
create or replace function private.count_stale_days() returns bigint
language sql stable security definer
set search_path = ''
as $$
  with stale as (select distinct s.date from private.stale_days s where s.user_id = auth.uid())
  select
    case
      when exists (select from stale where date = '-infinity') then (
        select count(distinct (r.timestamp at time zone 'UTC')::date)
        from public.cost_records r
        where r.user_id = auth.uid()
      )
      else (select count(*) from stale)
    end
$$;

create or replace function public.get_schema_status() returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'migrations', (select coalesce(jsonb_agg(v order by v), '[]') from jsonb_object_keys(t.texts) v),
    'migration_texts', t.texts,
    'postgres', split_part(current_setting('server_version'), ' ', 1),
    'partitions', (
      select jsonb_build_object(
        'first', to_char(min(p.month), 'YYYY-MM'), 'last', to_char(max(p.month), 'YYYY-MM'), 'count', count(*)
      )
      from private.month_partitions() p
    ),
    'stale_days', private.count_stale_days(),
    'cron_jobs', private.cron_jobs()
  )
  from (select private.migration_texts() as texts) t
$$;

-- The answer of `get_schema_status`, and sizes. It counts the records that the caller may see.
create or replace function public.get_database_status() returns jsonb
language sql stable
set search_path = ''
as $$
  select public.get_schema_status() || jsonb_build_object(
    'records', (select count(*) from public.cost_records),
    'last_refresh', private.moment_text(private.last_refresh()),
    'bytes', jsonb_build_object(
      'database',
      case when has_database_privilege(current_database(), 'connect') then pg_database_size(current_database()) end,
      'cost_records', (select coalesce(sum(pg_total_relation_size(p.partition)), 0) from private.month_partitions() p),
      'cost_records_daily', pg_total_relation_size('public.cost_records_daily'::regclass)
        + pg_total_relation_size('public.cost_records_detail'::regclass)
    )
  )
$$;

revoke all on function
  private.migration_texts, private.cron_jobs, private.count_stale_days
  from public;
grant execute on function
  private.migration_texts, private.cron_jobs, private.count_stale_days
  to authenticated, service_role;
revoke all on function public.get_schema_status, public.get_database_status from public, anon;
grant execute on function public.get_schema_status, public.get_database_status to authenticated, service_role;
