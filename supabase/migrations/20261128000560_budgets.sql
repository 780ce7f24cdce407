-- Budgets: what a user wants to spend at most on a day, in a week or in a month. And which notices were sent, so that two
-- machines of a user send each one once. Where notices go is known to each machine only: nothing here can name a command.

-- Whether these are names or patterns of a filter.
create or replace function private.are_filter_names(names text[]) returns boolean
language sql immutable
set search_path = ''
as $$
  select cardinality(names) <= 100
    and coalesce(bool_and(n.name is not null and n.name <> '' and length(n.name) <= 200 and n.name !~ '[[:cntrl:]]'), true)
  from unnest(names) n (name)
$$;

create table if not exists public.budgets (
  user_id uuid not null references auth.users (id) on delete cascade,
  name varchar(100) not null check (name ~ '^[a-z0-9][a-z0-9._+-]*$'),
  amount numeric(18, 10) not null check (amount > 0),
  currency varchar(3) not null check (currency ~ '^[A-Z]{3}$'),
  period varchar(5) not null check (period in ('day', 'week', 'month')),
  reset_day smallint check (reset_day is null or (reset_day between 2 and 31 and period = 'month')),
  providers text[] not null default '{}' check (private.are_filter_names(providers)),
  models text[] not null default '{}' check (private.are_filter_names(models)),
  projects text[] not null default '{}' check (private.are_filter_names(projects)),
  tags text[] not null default '{}' check (private.are_filter_names(tags)),
  kinds text[] not null default '{}'
    check (kinds <@ array['usage', 'extra_usage', 'subscription', 'fee', 'tax', 'credit']),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (user_id, name)
);
comment on table public.budgets is 'What a user wants to spend at most in a period. Empty filters mean all spend.';
comment on column public.budgets.reset_day is 'A month begins on this day, in a shorter month on its last one; null for the first.';
comment on column public.budgets.models is 'Parts of names, or globs for whole names.';

alter table public.budgets enable row level security;

drop policy if exists "Users see their own budgets" on public.budgets;
create policy "Users see their own budgets" on public.budgets
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users add their own budgets" on public.budgets;
create policy "Users add their own budgets" on public.budgets
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users change their own budgets" on public.budgets;
create policy "Users change their own budgets" on public.budgets
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users delete their own budgets" on public.budgets;
create policy "Users delete their own budgets" on public.budgets
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke all on public.budgets from anon, authenticated;
grant select, insert, update, delete on public.budgets to authenticated, service_role;

create table if not exists public.sent_notices (
  user_id uuid not null references auth.users (id) on delete cascade,
  key text not null check (key <> '' and length(key) <= 500),
  claimed_at timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  primary key (user_id, key)
);
comment on table public.sent_notices is 'Notices that a machine of the user has sent, or is about to send.';
comment on column public.sent_notices.key is 'What the notice is about: the same on every machine.';
comment on column public.sent_notices.sent_at is 'Null while a machine is about to send it.';

alter table public.sent_notices enable row level security;

drop policy if exists "Users see their own notices" on public.sent_notices;
create policy "Users see their own notices" on public.sent_notices
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users add their own notices" on public.sent_notices;
create policy "Users add their own notices" on public.sent_notices
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users change their own notices" on public.sent_notices;
create policy "Users change their own notices" on public.sent_notices
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users delete their own notices" on public.sent_notices;
create policy "Users delete their own notices" on public.sent_notices
  for delete to authenticated using ((select auth.uid()) = user_id);

revoke all on public.sent_notices from anon, authenticated;
grant select, insert, update, delete on public.sent_notices to authenticated, service_role;

create or replace function private.budget_json(b public.budgets) returns jsonb
language sql stable
set search_path = ''
as $$
  select to_jsonb(b) - 'user_id' || jsonb_build_object(
    'amount', trim_scale(b.amount)::text,
    'created_at', private.moment_text(b.created_at),
    'updated_at', private.moment_text(b.updated_at)
  )
$$;

create or replace function public.list_budgets() returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
  me uuid := private.require_user();
begin
  -- Most users have none, and to plan the query below takes longer than this.
  if not exists (select from public.budgets b where b.user_id = me) then
    return '[]';
  end if;
  return (select jsonb_agg(private.budget_json(b) order by b.name) from public.budgets b where b.user_id = me);
end
$$;

-- Sets a budget of the signed-in user, instead of one of the same name; `before` is that one.
create or replace function public.set_budget(budget jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  given public.budgets := jsonb_populate_record(null::public.budgets, budget);
  before jsonb;
  kept public.budgets;
begin
  select private.budget_json(b) into before
  from public.budgets b
  where b.user_id = me and b.name = given.name
  for update;
  insert into public.budgets as b (
    user_id, name, amount, currency, period, reset_day, providers, models, projects, tags, kinds
  )
  values (
    me, given.name, given.amount, given.currency, given.period, given.reset_day, coalesce(given.providers, '{}'),
    coalesce(given.models, '{}'), coalesce(given.projects, '{}'), coalesce(given.tags, '{}'), coalesce(given.kinds, '{}')
  )
  on conflict (user_id, name) do update set
    amount = excluded.amount, currency = excluded.currency, period = excluded.period, reset_day = excluded.reset_day,
    providers = excluded.providers, models = excluded.models, projects = excluded.projects, tags = excluded.tags,
    kinds = excluded.kinds, updated_at = clock_timestamp()
  returning b.* into kept;
  return jsonb_build_object('budget', private.budget_json(kept), 'before', before);
end
$$;

create or replace function public.remove_budget(budget_name text) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  removed public.budgets;
begin
  delete from public.budgets b where b.user_id = private.require_user() and b.name = budget_name returning b.* into removed;
  if removed.name is null then
    perform private.refuse(
      'budget_unknown', format('There is no budget “%s”.', budget_name), 'See them with: aicost budgets'
    );
  end if;
  return private.budget_json(removed);
end
$$;

-- Of notices that are due, those that no machine of the user has sent or is about to send: the caller sends them, and then
-- says how that went with `settle_notices`. One that was not settled for ten minutes is up for another try: its machine may
-- have been switched off. What was sent long ago is forgotten.
create or replace function public.claim_notices(keys text[]) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  claimed jsonb;
begin
  delete from public.sent_notices n where n.user_id = me and n.sent_at < clock_timestamp() - interval '800 days';
  with mine as (
    insert into public.sent_notices as n (user_id, key)
    select distinct me, k.key from unnest(keys) k (key) order by k.key
    on conflict (user_id, key) do update set claimed_at = clock_timestamp()
      where n.sent_at is null and n.claimed_at < clock_timestamp() - interval '10 minutes'
    returning n.key
  )
  select coalesce(jsonb_agg(m.key order by m.key), '[]') into strict claimed from mine m;
  return claimed;
end
$$;

-- Says of claimed notices that they were sent or, if not, that any machine may try again. Returns how many.
create or replace function public.settle_notices(keys text[], is_sent boolean) returns bigint
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  settled bigint;
begin
  if is_sent then
    update public.sent_notices n set sent_at = clock_timestamp()
    where n.user_id = me and n.key = any (settle_notices.keys) and n.sent_at is null;
  else
    delete from public.sent_notices n
    where n.user_id = me and n.key = any (settle_notices.keys) and n.sent_at is null;
  end if;
  get diagnostics settled = row_count;
  return settled;
end
$$;

revoke all on function private.are_filter_names, private.budget_json from public;
grant execute on function private.are_filter_names, private.budget_json to authenticated, service_role;
revoke all on function
  public.list_budgets, public.set_budget, public.remove_budget, public.claim_notices, public.settle_notices
  from public, anon;
grant execute on function
  public.list_budgets, public.set_budget, public.remove_budget, public.claim_notices, public.settle_notices
  to authenticated, service_role;
