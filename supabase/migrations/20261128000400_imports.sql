-- Imports, and what they say. An import is never changed: it attests sheets, and what counts is chosen from these.

create table if not exists public.imports (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  seq bigint not null,
  source_name varchar(1000) not null,
  format varchar(100) not null,
  reading varchar(2000) not null default '',
  series varchar(300) not null,
  feed varchar(100),
  sha256 varchar(64) not null,
  is_replace boolean not null default false,
  account_given boolean not null default false,
  bound jsonb not null default '{}' check (jsonb_typeof(bound) = 'object')
    constraint imports_bound_size check (pg_column_size(bound) <= 4194304),
  source bigint,
  zone varchar(100),
  first_day date,
  last_day date,
  status varchar(10) not null default 'running' check (status in ('running', 'done', 'undone')),
  row_count bigint not null default 0,
  inserted bigint not null default 0,
  updated bigint not null default 0,
  unchanged bigint not null default 0,
  covered bigint not null default 0,
  kept_edits bigint not null default 0,
  replaced bigint not null default 0,
  skipped bigint not null default 0,
  rejected bigint not null default 0,
  cost_usd numeric not null default 0,
  first_date date,
  last_date date,
  facts jsonb not null default '{}' check (jsonb_typeof(facts) = 'object')
    constraint imports_facts_size check (pg_column_size(facts) <= 4194304),
  names jsonb not null default '{}' check (jsonb_typeof(names) = 'object')
    constraint imports_names_size check (pg_column_size(names) <= 4194304),
  covers jsonb not null default '{}' check (jsonb_typeof(covers) = 'object')
    constraint imports_covers_size check (pg_column_size(covers) <= 4194304),
  created_at timestamptz not null default clock_timestamp(),
  undone_at timestamptz,
  -- Two users who restore the same archive have the same ids.
  primary key (id, user_id)
);
comment on table public.imports is 'One row per imported file, and per run of a feed that brought something new.';
comment on column public.imports.seq is 'The order of the imports of a user: 1, 2, 3. No clock decides what counts.';
comment on column public.imports.reading is
  'How the file was read: the same bytes read with another mapping or account give other records.';
comment on column public.imports.series is
  'One kind of file or feed of one provider: what shows the same money shares a series. Its sheets may be of others.';
comment on column public.imports.feed is 'The feed that was collected; null for files.';
comment on column public.imports.is_replace is 'It counts instead of all that was first seen before it, from first_day to last_day.';
comment on column public.imports.account_given is 'The user named the account, not the source.';
comment on column public.imports.source is
  'The same for imports that share rows: files of one header may be of several sources. Null if that cannot be.';
comment on column public.imports.names is
  'What the source calls what it also gives an id: {"project": {"proj_1": "Shop"}}; account, project and api_key.';
comment on column public.imports.covers is
  'By provider, the days that it tells of, with or without spend: {"openai": [["2026-11-01", "2026-11-20"]]}.';
comment on column public.imports.zone is 'In which moments without an offset were read; null if there were none.';
comment on column public.imports.bound is 'By series, the account that what names none was found to be of.';
comment on column public.imports.first_day is 'The first day (UTC) that it speaks about.';
comment on column public.imports.status is 'running also means interrupted: importing the file again completes it.';

create unique index if not exists imports_user_seq_idx on public.imports (user_id, seq);
create index if not exists imports_user_series_idx on public.imports (user_id, series);
create index if not exists imports_user_sha256_idx on public.imports (user_id, sha256);

create table if not exists public.sheets (
  id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  series varchar(300) not null,
  account varchar(200),
  project varchar(200),
  day date not null,
  last_day date not null,
  detail int not null,
  is_events boolean not null,
  feed varchar(100),
  hash varchar(64) not null,
  rows bigint not null check (rows >= 0),
  gross numeric not null,
  beside numeric not null,
  cost_usd numeric not null,
  tokens numeric not null,
  requests numeric not null,
  is_whole boolean not null default false,
  counts boolean not null default false,
  counts_for varchar(200),
  counted_rows bigint not null default 0,
  counted_usd numeric not null default 0,
  is_joined boolean not null default false,
  keys int[],
  primary key (id, user_id)
);
comment on table public.sheets is 'What a file or feed says of one day (UTC) of one account and project. Its id is made of all that says what it is.';
comment on column public.sheets.account is 'Null if the source does not name it.';
comment on column public.sheets.project is 'Null if the source does not look at projects.';
comment on column public.sheets.last_day is
  'The last day that it speaks about: that of a month, for example. Else the day itself.';
comment on column public.sheets.detail is 'How fine it looks at its series.';
comment on column public.sheets.is_events is 'Its rows have an identity of their own: sheets of a day are joined by it.';
comment on column public.sheets.gross is 'The sum of the positive amounts, US dollars.';
comment on column public.sheets.beside is
  'The sum of the positive amounts that are not costs, US dollars: top-ups, estimates, and what a plan covers.';
comment on column public.sheets.is_whole is 'All of its rows are here.';
comment on column public.sheets.counts is 'Its rows are in cost_records, for the account in counts_for.';
comment on column public.sheets.counted_rows is 'Rows that count, if only as the same row of another sheet.';
comment on column public.sheets.keys is
  'Hashes of what tells its rows apart, if files of its series may be of several sources; else null.';
comment on column public.sheets.is_joined is 'It counts row by row, beside other sheets of its day.';

-- In these keys the user comes last: without statistics, the planner would else look rows up by their user.
create index if not exists sheets_series_day_idx on public.sheets (series, day, user_id);
create index if not exists sheets_bills_idx on public.sheets (series, day, last_day, user_id) where last_day > day;

create table if not exists public.attestations (
  import_id uuid not null,
  sheet_id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  primary key (sheet_id, import_id, user_id),
  foreign key (import_id, user_id) references public.imports (id, user_id) on delete cascade,
  foreign key (sheet_id, user_id) references public.sheets (id, user_id) on delete cascade
);
comment on table public.attestations is 'This import says what this sheet says. Undoing an import takes its attestations away.';
create index if not exists attestations_import_idx on public.attestations (import_id, user_id);

create table if not exists public.unsettled_days (
  user_id uuid not null references auth.users (id) on delete cascade,
  series varchar(300) not null,
  day date not null,
  primary key (user_id, series, day)
);
comment on table public.unsettled_days is 'Days (UTC) of which it is to be decided what counts: see settle_days.';

create table if not exists public.edits (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  sheet_id uuid not null,
  key_id uuid not null,
  record_id uuid not null,
  series varchar(300) not null,
  day date not null,
  changes jsonb constraint edits_changes_size check (pg_column_size(changes) <= 131072),
  edited_at timestamptz not null default clock_timestamp(),
  primary key (id, user_id)
);
comment on table public.edits is 'What the user changed or removed by hand of an imported record, whatever sheet it counts from.';
comment on column public.edits.sheet_id is
  'The sheet whose row was edited. If no import has it any more, the first one that has the row.';
comment on column public.edits.key_id is 'The id of the row in its sheet.';
comment on column public.edits.record_id is 'The id under which the row counts for whom its sheet is found to be of.';
comment on column public.edits.changes is 'New values by column; null if the record was removed.';
create index if not exists edits_series_day_idx on public.edits (series, day, user_id);
create index if not exists edits_record_idx on public.edits (record_id, user_id);

do $$
declare
  name text;
begin
  foreach name in array array['imports', 'sheets', 'attestations', 'unsettled_days', 'edits'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('drop policy if exists "Users have their own" on public.%I', name);
    execute format(
      'create policy "Users have their own" on public.%I for all to authenticated '
      'using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id)',
      name
    );
    execute format('revoke all on public.%I from anon, authenticated', name);
    execute format('grant select, insert, update, delete on public.%I to authenticated, service_role', name);
  end loop;
end
$$;

-- With what of it counts now.
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
    'cost_usd', trim_scale(i.cost_usd)::text,
    'first_date', i.first_date,
    'last_date', i.last_date,
    'created_at', private.moment_text(i.created_at),
    'undone_at', private.moment_text(i.undone_at),
    'counted_rows', c.rows,
    'counted_usd', trim_scale(c.usd)::text,
    'facts', i.facts,
    'account', case when i.account_given then (
      select max(s.account)
      from public.attestations a
      join public.sheets s on s.id = a.sheet_id and s.user_id = a.user_id
      where a.import_id = i.id and a.user_id = i.user_id
    ) end
  )
  from (
    select coalesce(sum(s.counted_rows), 0) as rows, coalesce(sum(s.counted_usd), 0) as usd
    from public.attestations a
    join public.sheets s on s.id = a.sheet_id and s.user_id = a.user_id
    where a.import_id = i.id and a.user_id = i.user_id and s.counts
  ) c
$$;

-- The one import of the signed-in user whose id starts with this prefix.
create or replace function private.find_import(id_prefix text) returns public.imports
language plpgsql stable
set search_path = ''
as $$
declare
  found public.imports[] := array(
    select i
    from private.id_range(id_prefix) r
    join public.imports i on i.id between r.least_id and r.greatest_id and i.user_id = auth.uid()
    limit 2
  );
begin
  perform private.require_one(cardinality(found), 'import_not_found', 'import_ambiguous', 'import', id_prefix);
  return found[1];
end
$$;

-- Waits for other imports and undos of the same user, so that the data they compare with does not change meanwhile.
create or replace function private.lock_imports() returns void
language sql
set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended('aicost.imports ' || private.require_user(), 0))
$$;

create or replace function public.list_imports(max_rows bigint, skip_rows bigint default 0) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'total', (select count(*) from public.imports),
    'imports', (
      select coalesce(jsonb_agg(private.import_json(i) order by i.seq desc), '[]')
      from (select * from public.imports order by seq desc limit max_rows offset skip_rows) i
    )
  )
$$;

create or replace function public.get_import(import_id text) returns jsonb
language sql stable
set search_path = ''
as $$
  select private.import_json(private.find_import(import_id))
$$;

-- What an import begins with, in one answer: settings, providers, and which files of these hashes are in, wholly.
create or replace function public.start_import(hashes text[]) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
begin
  return jsonb_build_object(
    'preferences', public.get_preferences(),
    'providers', public.list_providers(),
    'imports', (
      select coalesce(jsonb_agg(private.import_json(i) || jsonb_build_object('reading', i.reading)), '[]')
      from public.imports i
      where i.user_id = me and i.status = 'done' and i.sha256 = any (hashes)
    )
  );
end
$$;

-- The series that an import has sheets of: a bill may be of several providers.
create or replace function private.series_in(import_id uuid) returns text[]
language sql stable
set search_path = ''
as $$
  select array(
    select distinct s.series::text
    from public.attestations a
    join public.sheets s on s.user_id = a.user_id and s.id = a.sheet_id
    where a.import_id = series_in.import_id and a.user_id = auth.uid()
    order by 1
  )
$$;

-- The other sheets that speak of a day of this one.
create or replace function private.sheets_beside(of_sheet public.sheets) returns setof public.sheets
language sql stable
set search_path = ''
as $$
  select s.*
  from public.sheets s
  where s.user_id = of_sheet.user_id and s.series = of_sheet.series and s.id <> of_sheet.id
    and s.day between of_sheet.day and of_sheet.last_day
  union all
  select s.*
  from public.sheets s
  where s.user_id = of_sheet.user_id and s.series = of_sheet.series and s.id <> of_sheet.id
    and s.last_day > s.day and s.day < of_sheet.day and s.last_day >= of_sheet.day
$$;

-- The imports that count instead of what an import says in a sheet.
create or replace function private.imports_instead(s public.sheets, i public.imports) returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(distinct jsonb_build_object('id', o.id, 'source_name', o.source_name)), '[]')
  from private.sheets_beside(s) other
  join public.attestations a on a.sheet_id = other.id and a.user_id = other.user_id
  join public.imports o on o.id = a.import_id and o.user_id = a.user_id
  where other.counts
    and other.counts_for is not distinct from coalesce(s.account, i.bound ->> s.series)
    and o.source is not distinct from i.source
$$;

-- What an import says of each day, account and project, and the imports that count there instead.
create or replace function public.import_days(import_id text) returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'day', s.day,
        'last_day', s.last_day,
        'account', coalesce(s.account, i.bound ->> s.series),
        'project', s.project,
        'rows', s.rows,
        'cost_usd', trim_scale(s.cost_usd)::text,
        'counted_rows', s.counted_rows,
        'counted_usd', trim_scale(s.counted_usd)::text,
        'hidden_by', case when s.counted_rows < s.rows then private.imports_instead(s, i) else '[]' end
      )
      order by s.day, s.account, s.project
    ),
    '[]'
  )
  from private.find_import(import_id) i
  join public.attestations a on a.import_id = i.id and a.user_id = i.user_id
  join public.sheets s on s.id = a.sheet_id and s.user_id = a.user_id
$$;

-- What the signed-in user's sources call accounts, projects and keys that have an id: the last name that one gave.
create or replace function public.list_names() returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(k.kind, k.names), '{}')
  from (
    select k.key as kind, jsonb_object_agg(n.key, n.value order by i.seq) as names
    from public.imports i
    cross join lateral jsonb_each(i.names) k
    cross join lateral jsonb_each(k.value) n
    where i.user_id = (select auth.uid()) and i.status <> 'undone'
    group by k.key
  ) k
$$;

-- The days in `covers` of an import, by provider.
create or replace function private.covered_days(covers jsonb) returns table (provider text, days datemultirange)
language sql immutable
set search_path = ''
as $$
  select p.key, range_agg(daterange((r.value ->> 0)::date, (r.value ->> 1)::date, '[]'))
  from jsonb_each(covers) p
  cross join lateral jsonb_array_elements(p.value) r
  group by p.key
$$;

-- Days as `covers` writes them, in order; two spans without a day between them are one.
create or replace function private.days_json(days datemultirange) returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_array(lower(r.span), upper(r.span) - 1) order by r.span), '[]')
  from unnest(days) as r (span)
$$;

-- `covers` of an import, without some days.
create or replace function private.covers_without(covers jsonb, days datemultirange) returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(c.provider, private.days_json(c.days - covers_without.days)), '{}')
  from private.covered_days(covers) c
  where not isempty(c.days - covers_without.days)
$$;

-- `covers` of an import, with those of another.
create or replace function private.covers_with(covers jsonb, others jsonb) returns jsonb
language sql immutable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(b.provider, private.days_json(b.days)), '{}')
  from (
    select c.provider, range_agg(c.days) as days
    from (
      select * from private.covered_days(covers)
      union all
      select * from private.covered_days(others)
    ) c
    group by c.provider
  ) b
$$;

-- Of which days something is known: by provider, those that complete imports tell of, the formats of their files, and
-- whether any was collected. The logs of an agent do not show what else uses a provider: they tell of its days only if no
-- export and no API does. With the imports that are not complete; these tell of no day.
create or replace function public.get_coverage() returns jsonb
language plpgsql stable
set search_path = ''
as $$
begin
  return (select jsonb_build_object(
    'providers', (
      select coalesce(
        jsonb_object_agg(
          c.provider,
          jsonb_build_object(
            'ranges', private.days_json(c.days), 'collected', c.collected, 'formats', coalesce(to_jsonb(c.formats), '[]')
          )
        ),
        '{}'
      )
      from (
        select d.provider, range_agg(d.days) as days, bool_or(d.is_collected) as collected,
          array_agg(distinct d.format order by d.format) filter (where not d.is_collected) as formats
        from (
          select
            d.provider, d.days, i.format, l.is_log, i.feed is not null and not l.is_log as is_collected,
            bool_or(not l.is_log) over (partition by d.provider) as has_other
          from public.imports i
          cross join lateral (select coalesce(i.feed like 'agent/%', false) as is_log) l
          cross join lateral private.covered_days(i.covers) d
          where i.user_id = (select auth.uid()) and i.status = 'done'
        ) d
        where not (d.is_log and d.has_other)
        group by d.provider
      ) c
    ),
    'unfinished', (
      select coalesce(
        jsonb_agg(jsonb_build_object('id', i.id, 'source_name', i.source_name, 'feed', i.feed) order by i.seq), '[]'
      )
      from public.imports i
      where i.user_id = (select auth.uid()) and i.status = 'running'
    )
  ) || (
    select case when count(*) = 0 then '{}' else
      jsonb_build_object('without_rate', jsonb_agg(c.value)) end
    from jsonb_array_elements(private.charges_json(auth.uid(), '-infinity', private.today_of(auth.uid()))) c
    where c.value ->> 'usd' is null
  ));
end
$$;

revoke all on function
  private.covered_days, private.days_json, private.covers_without, private.covers_with
  from public;
grant execute on function
  private.covered_days, private.days_json, private.covers_without, private.covers_with
  to authenticated, service_role;
revoke all on function public.get_coverage from public, anon;
grant execute on function public.get_coverage to authenticated, service_role;
revoke all on function private.import_json, private.find_import, private.lock_imports, private.series_in, private.sheets_beside,
  private.imports_instead
  from public;
grant execute on function private.import_json, private.find_import, private.lock_imports, private.series_in, private.sheets_beside,
  private.imports_instead
  to authenticated, service_role;
revoke all on function
  public.list_imports, public.get_import, public.start_import, public.import_days, public.list_names
  from public, anon;
grant execute on function
  public.list_imports, public.get_import, public.start_import, public.import_days, public.list_names
  to authenticated, service_role;
