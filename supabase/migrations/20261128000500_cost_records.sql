-- The records: a row is a charge, a usage bucket (such as one day of one model) or a call. Each month is a partition.

create table if not exists public.cost_records (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  provider_id uuid not null references public.providers (id),
  timestamp timestamptz not null,
  granularity varchar(5) not null default 'event' check (granularity in ('event', 'hour', 'day', 'month')),
  kind varchar(12) not null default 'usage'
    check (kind in ('usage', 'extra_usage', 'subscription', 'top_up', 'fee', 'tax', 'credit')),
  model_name varchar(200),
  cost_usd numeric(18, 10) not null default 0,
  estimated_cost_usd numeric(18, 10),
  topup_usd numeric(18, 10) check (topup_usd is null or (kind = 'top_up' and cost_usd = 0)),
  tokens_used bigint,
  input_tokens bigint,
  output_tokens bigint,
  cache_read_tokens bigint,
  cache_write_tokens bigint,
  request_count bigint check (request_count >= 0),
  collection_method varchar(20) not null default 'manual_entry'
    check (collection_method in ('api_automated', 'manual_entry', 'csv_import', 'agent_log')),
  sheet_id uuid,
  account varchar(200),
  project varchar(200),
  api_key varchar(200),
  agent varchar(200),
  session varchar(200),
  metadata jsonb not null default '{}'
    check (
      jsonb_typeof(metadata) = 'object'
      and coalesce(metadata ->> 'cost_basis', 'billed') in ('billed', 'estimated', 'included', 'none')
    )
    constraint cost_records_metadata_size check (pg_column_size(metadata) <= 65536),
  calls uuid[],
  call_counts varchar(65536),
  constraint cost_records_calls check (
    (calls is null) = (call_counts is null) and coalesce(cardinality(calls), 0) <= 1000
  ),
  -- Ids are derived from the content, so two users who import the same export get the same ids.
  primary key (id, timestamp, user_id)
) partition by range (timestamp);
comment on table public.cost_records is 'Partitioned by month of timestamp, see create_monthly_partition.';
comment on column public.cost_records.granularity is
  'day and month belong to the calendar date that the provider named (midnight UTC), event and hour, which may be a part of one, to the date in the user''s time zone.';
comment on column public.cost_records.kind is
  'What is paid for: usage, extra_usage (beyond a plan), subscription, top_up (credit bought ahead), fee, tax or credit.';
comment on column public.cost_records.topup_usd is
  'Credit bought ahead, US dollars: not a cost, because its use counts when it is used.';
comment on column public.cost_records.cost_usd is 'Money charged, US dollars; 0 if the source states none.';
comment on column public.cost_records.estimated_cost_usd is
  'US dollars that were not charged: estimated from tokens (cost_basis estimated), or covered by a plan (included).';
comment on column public.cost_records.tokens_used is 'Input + output, or the only number of a source that does not split them. A refund takes tokens back: below zero.';
comment on column public.cost_records.input_tokens is 'All input, including cache_read_tokens and cache_write_tokens.';
comment on column public.cost_records.output_tokens is 'All output, including reasoning.';
comment on column public.cost_records.sheet_id is
  'The sheet that it counts from; null if it was entered by hand. No foreign key: it would cost a tenth of an import.';
comment on column public.cost_records.account is 'Whose money it is; null if nothing says so.';
comment on column public.cost_records.project is 'The project, workspace or team: its id if the source gives one, else its name.';
comment on column public.cost_records.api_key is 'The key that it was used with: its id if the source gives one, else its name. Never a secret.';
comment on column public.cost_records.agent is 'The coding agent that used it, such as claude-code; null if nothing says so.';
comment on column public.cost_records.session is 'The session of that agent, by its id.';
comment on column public.cost_records.calls is
  'What a scan of a coding agent summed up: the ids of the calls of a quarter of an hour. Null for what comes from elsewhere.';
comment on column public.cost_records.call_counts is
  'What each of these calls came to, in their order, as src/lib/record/calls.ts writes it.';
comment on column public.cost_records.metadata is
  'cost_basis (billed, estimated, included, none; absent = billed), original, edited_at, and other facts from the source.';

create index if not exists cost_records_user_timestamp_idx on public.cost_records (user_id, timestamp desc);
create index if not exists cost_records_provider_timestamp_idx on public.cost_records (provider_id, timestamp desc);
create index if not exists cost_records_timestamp_idx on public.cost_records (timestamp desc);
create index if not exists cost_records_user_provider_idx on public.cost_records (user_id, provider_id, timestamp desc);
create index if not exists cost_records_sheet_idx on public.cost_records (sheet_id, user_id);
-- Few: records that a spreadsheet's copy of the records brought. Each batch of an import asks whether there are any.
create index if not exists cost_records_sheetless_idx on public.cost_records (user_id, id)
  where sheet_id is null and collection_method <> 'manual_entry';
-- By which a scan knows the calls that are stored: see `find_calls`.
create index if not exists cost_records_calls_idx on public.cost_records using gin (calls) where calls is not null;

alter table public.cost_records enable row level security;

drop policy if exists "Users see their own cost records" on public.cost_records;
create policy "Users see their own cost records" on public.cost_records
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users add their own cost records" on public.cost_records;
create policy "Users add their own cost records" on public.cost_records
  for insert to authenticated
  with check ((select auth.uid()) = user_id and provider_id in (select id from public.providers));
drop policy if exists "Users change their own cost records" on public.cost_records;
create policy "Users change their own cost records" on public.cost_records
  for update to authenticated using ((select auth.uid()) = user_id)
  with check ((select auth.uid()) = user_id and provider_id in (select id from public.providers));
drop policy if exists "Users delete their own cost records" on public.cost_records;
create policy "Users delete their own cost records" on public.cost_records
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke all on public.cost_records from anon, authenticated;
grant select, insert, update, delete on public.cost_records to authenticated, service_role;

-- Rows of sheets that do not count as they are: they are hidden, or count as they were edited, or under another id.
create table if not exists public.layer_rows (
  like public.cost_records including defaults including constraints,
  primary key (sheet_id, id, user_id),
  -- Deferred: a user who goes takes their own providers along, and these rows only after that, with their sheets.
  foreign key (provider_id) references public.providers (id) deferrable initially deferred
);
create index if not exists layer_rows_calls_idx on public.layer_rows using gin (calls) where calls is not null;
comment on table public.layer_rows is 'Rows of sheets that do not count as they are: hidden, edited, or of an account that was found later.';
alter table public.layer_rows enable row level security;
drop policy if exists "Users have their own" on public.layer_rows;
create policy "Users have their own" on public.layer_rows for all to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
revoke all on public.layer_rows from anon, authenticated;
grant select, insert, update, delete on public.layer_rows to authenticated, service_role;

-- The rows of a sheet go with it. A foreign key would do the same, but it makes writing rows take twice the time.
create or replace function private.remove_layer_rows() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from public.layer_rows l using gone g where l.user_id = g.user_id and l.sheet_id = g.id;
  return null;
end
$$;

drop trigger if exists remove_layer_rows on public.sheets;
create trigger remove_layer_rows after delete on public.sheets
  referencing old table as gone for each statement execute function private.remove_layer_rows();

-- Creates the partition of the month that begins on that day. It gets row-level security without a policy and no
-- grants, because the parent's policies do not hold if a partition is queried by its own name. Attaching, unlike
-- `create table … partition of`, does not lock readers out.
create or replace function private.add_month(first_day date) returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  partition text := 'cost_records_' || to_char(first_day, 'YYYY_MM');
begin
  if to_regclass('public.' || partition) is not null then
    return;
  end if;
  if first_day < '2015-01-01' or first_day > now() + interval '2 years' then
    perform private.refuse(
      'timestamp_out_of_range',
      format('A record of %s is out of range.', to_char(first_day, 'YYYY-MM')),
      'Records are kept from 2015 to two years ahead. Check the date.'
    );
  end if;
  -- The lock that attaching takes anyway. It waits for other sessions that create the same partition and, unlike an
  -- advisory lock, lets the next line see it.
  lock table only public.cost_records in share update exclusive mode;
  if to_regclass('public.' || partition) is not null then
    return;
  end if;
  execute format('create table public.%I (like public.cost_records including defaults including constraints)', partition);
  execute format('alter table public.%I enable row level security', partition);
  execute format('revoke all on public.%I from public, anon, authenticated', partition);
  execute format(
    'alter table public.cost_records attach partition public.%I for values from (%L) to (%L)',
    partition,
    first_day::timestamp at time zone 'UTC',
    (first_day + interval '1 month') at time zone 'UTC'
  );
end
$$;

create or replace function public.create_monthly_partition(year int, month int) returns void
language plpgsql
set search_path = ''
as $$
begin
  if month not between 1 and 12 then
    perform private.refuse('bad_month', format('%s is not a month.', month), 'A month is 1 to 12.');
  end if;
  perform private.add_month(make_date(year, month, 1));
end
$$;

create or replace function private.month_partitions() returns table (month date, partition regclass)
language sql stable
set search_path = ''
as $$
  select to_date(right(c.relname, 7), 'YYYY_MM'), c.oid::regclass
  from pg_inherits i
  join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'public.cost_records'::regclass
$$;

-- The months with a partition, in order, each with its size and the number of records that the caller may see.
create or replace function public.list_partitions() returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'month', to_char(p.month, 'YYYY-MM'),
        'records', coalesce(r.records, 0),
        'bytes', pg_total_relation_size(p.partition)
      )
      order by p.month
    ),
    '[]'
  )
  from private.month_partitions() p
  left join (
    select date_trunc('month', r.timestamp at time zone 'UTC')::date as month, count(*) as records
    from public.cost_records r
    group by 1
  ) r on r.month = p.month
$$;

revoke all on function private.add_month, private.month_partitions, private.remove_layer_rows from public;
grant execute on function private.add_month, private.month_partitions
  to authenticated, service_role;
revoke all on function public.create_monthly_partition, public.list_partitions from public, anon;
grant execute on function public.create_monthly_partition, public.list_partitions to authenticated, service_role;

select private.add_month(month::date)
from generate_series(timestamp '2025-01-01', timestamp '2027-06-01', interval '1 month') as month;
