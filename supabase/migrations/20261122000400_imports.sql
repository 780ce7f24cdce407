-- What came from where. An import can be taken back whole: `import_changes` keeps what it changed as it was before.

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
  -- What refers to an import belongs to the same user.
  unique (id, user_id)
);
comment on table public.imports is 'One row a file that was imported and changed something.';
comment on column public.imports.reading is
  'How the file was read: the same bytes in another reading (mapping, time zone) are other records.';
comment on column public.imports.series is 'Exports that describe the same money or tokens share a series, for example openai/cost.';
comment on column public.imports.detail is 'How fine the file looks at its series; on one day of a series one detail counts.';
comment on column public.imports.status is 'running also means interrupted: importing the file again completes it.';

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
comment on column public.import_changes.replaced is 'True: deleted, because the import is the better view of that day. False: updated.';
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
