-- The imports, and what each of them changed. `import_changes` keeps the records as they were before, so that an
-- import can be undone.

create table if not exists public.imports (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  source_name varchar(1000) not null,
  format varchar(100) not null,
  reading varchar(2000) not null default '',
  series varchar(300),
  detail int not null default 0,
  sha256 varchar(64) not null,
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
  created_at timestamptz not null default clock_timestamp(),
  undone_at timestamptz,
  batches jsonb not null default '[]',
  -- Foreign keys include the user, so that no row refers to another user's import.
  unique (id, user_id)
);
comment on table public.imports is 'One row per imported file that changed something.';
comment on column public.imports.reading is
  'How the file was read: the same bytes read with another mapping or time zone give other records.';
comment on column public.imports.series is 'Exports that describe the same money or tokens share a series, for example openai/cost.';
comment on column public.imports.detail is 'Level of detail within the series; on each day, only one level of a series counts.';
comment on column public.imports.status is 'running also means interrupted: importing the file again completes it.';
comment on column public.imports.batches is 'Keys and counts of the latest batches, newest first.';

create index if not exists imports_user_created_idx on public.imports (user_id, created_at desc);
create index if not exists imports_user_sha256_idx on public.imports (user_id, sha256);

create table if not exists public.import_changes (
  import_id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  record_id uuid not null,
  record_timestamp timestamptz not null,
  replaced boolean not null default false,
  before jsonb,
  primary key (import_id, user_id, record_id, record_timestamp),
  foreign key (import_id, user_id) references public.imports (id, user_id) on delete cascade
);
comment on table public.import_changes is 'Records that an import updated or replaced, as they were before.';
comment on column public.import_changes.replaced is 'True: deleted, because the import has the better data of that day. False: updated.';
comment on column public.import_changes.before is 'The row of cost_records; null once the import that had made it is undone.';

create index if not exists import_changes_user_idx on public.import_changes (user_id, record_id);
create index if not exists import_changes_before_idx on public.import_changes ((before ->> 'import_id'));

alter table public.imports enable row level security;
alter table public.import_changes enable row level security;

drop policy if exists "Users see their own imports" on public.imports;
create policy "Users see their own imports" on public.imports
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users add their own imports" on public.imports;
create policy "Users add their own imports" on public.imports
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users change their own imports" on public.imports;
create policy "Users change their own imports" on public.imports
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users delete their own imports" on public.imports;
create policy "Users delete their own imports" on public.imports
  for delete to authenticated using ((select auth.uid()) = user_id);

drop policy if exists "Users see what their imports changed" on public.import_changes;
create policy "Users see what their imports changed" on public.import_changes
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users log what their imports changed" on public.import_changes;
create policy "Users log what their imports changed" on public.import_changes
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users correct what their imports changed" on public.import_changes;
create policy "Users correct what their imports changed" on public.import_changes
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users forget what their imports changed" on public.import_changes;
create policy "Users forget what their imports changed" on public.import_changes
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke all on public.imports, public.import_changes from anon, authenticated;
grant select, insert, update, delete on public.imports, public.import_changes to authenticated, service_role;

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
    'undone_at', private.moment_text(i.undone_at)
  )
$$;

-- The one import of the signed-in user whose id starts with this prefix.
create or replace function private.find_import(id_prefix text) returns public.imports
language plpgsql stable
set search_path = ''
as $$
declare
  found public.imports[] := array(
    select i from private.id_range(id_prefix) r join public.imports i on i.id between r.least_id and r.greatest_id limit 2
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

-- The id of an interrupted import of the same bytes, read in the same way, or null. Importing the file again continues
-- it, so that it can be undone as a whole. The same bytes read in another way would add other records beside the first
-- ones, so that is refused.
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
      format('This file was imported on %s in another way (%s).', other.created_at::date, other.format),
      format('Undo that import first: aicost imports undo %s', left(other.id::text, 8))
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

-- Closes an import with the importer's counts. An import that changed nothing is removed; the result is null.
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

revoke all on function private.import_json, private.find_import, private.lock_imports from public;
grant execute on function private.import_json, private.find_import, private.lock_imports to authenticated, service_role;
revoke all on function
  public.resume_import, public.finish_import, public.list_imports, public.get_import
  from public, anon;
grant execute on function
  public.resume_import, public.finish_import, public.list_imports, public.get_import
  to authenticated, service_role;
