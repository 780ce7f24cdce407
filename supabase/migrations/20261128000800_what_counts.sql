-- What counts of a series on a day: a function of the sheets that imports attest, and of nothing else.

-- Two sums show the same money if they differ by half a percent at most: some exports round.
create or replace function private.is_as_full(amount numeric, fullest numeric) returns boolean
language sql immutable
as $$
  select amount >= fullest * 0.995
$$;

-- Finds out whose the imports of a series are that do not say so: they are of the account whose days they equal on most
-- days; else of the only account that files name; else of nobody yet. Notes the days of imports for which that changed,
-- and of those that they replace. Returns the ids of these imports.
create or replace function private.bind_imports(of_series text) returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  changed uuid[];
begin
  with said as materialized (
    select i.id, i.account_given, s.account, s.day, sum(s.gross) as gross, sum(s.tokens) as tokens
    from public.imports i
    join public.attestations a on a.user_id = me and a.import_id = i.id
    join public.sheets s on s.user_id = me and s.id = a.sheet_id
    where i.user_id = me and i.series = of_series and i.status = 'done'
    group by i.id, i.account_given, s.account, s.day
  ),
  days as materialized (
    select s.*, s.gross > 0 as is_money, case when s.gross > 0 then s.gross else s.tokens end as amount from said s
  ),
  compared as materialized (
    select
      u.id, n.account, u.day,
      bool_or(
        u.is_money = n.is_money and private.is_as_full(least(u.amount, n.amount), greatest(u.amount, n.amount))
      ) as is_equal
    from days u
    join days n on n.day = u.day and n.account is not null
    where u.account is null
    group by u.id, n.account, u.day
  ),
  equal as materialized (
    select distinct on (c.id) c.id, c.account
    from (
      select id, account, count(*) filter (where is_equal) as equal_days, count(*) as shared_days
      from compared
      group by id, account
    ) c
    where c.equal_days * 2 > c.shared_days
    order by c.id, c.equal_days desc, c.account
  ),
  only_one as materialized (
    select min(account) as account from said where account is not null and not account_given
    having count(distinct account) = 1
  ),
  found as materialized (
    select u.id, coalesce(e.account, (select o.account from only_one o)) as account
    from (select distinct id from said where account is null) u
    left join equal e on e.id = u.id
  ),
  moved as (
    update public.imports i set bound = f.account
    from found f
    where i.user_id = me and i.id = f.id and i.bound is distinct from f.account
    returning i.id, i.is_replace, i.first_day, i.last_day
  ),
  noted as (
    insert into public.unsettled_days (user_id, series, day)
    select me, of_series, d.day from days d join moved m on m.id = d.id where d.account is null
    union
    select me, of_series, s.day
    from moved m
    join public.sheets s on s.user_id = me and s.series = of_series and s.day between m.first_day and m.last_day
    where m.is_replace
    on conflict do nothing
  )
  select coalesce(array_agg(m.id), '{}') into strict changed from moved m;
  perform private.part_sources(of_series);
  return changed;
end
$$;

-- Tells the sources of a series apart whose files may be of several, such as two cards in files of one header: imports
-- are of one source if they share a row on some day, or if others link them. Each source is named by its first import.
create or replace function private.find_sources(of_series text) returns table (import_id uuid, source bigint)
language sql stable
set search_path = ''
-- Without statistics, the planner takes every step for a single row, and loops over thousands.
set enable_nestloop = off
as $$
  with recursive said as materialized (
    select i.id as import_id, i.seq, s.day, s.id, s.keys
    from public.imports i
    join public.attestations a on a.user_id = i.user_id and a.import_id = i.id
    join public.sheets s on s.user_id = i.user_id and s.id = a.sheet_id
    where i.user_id = auth.uid() and i.series = of_series and i.status = 'done'
      and exists (
        select from public.sheets k where k.user_id = auth.uid() and k.series = of_series and k.keys is not null
      )
  ),
  links as materialized (
    select distinct x.seq as one, y.seq as other
    from said x
    join said y on y.day = x.day
    where x.id = y.id or x.keys && y.keys or x.keys is null or y.keys is null
  ),
  linked (one, other) as (
    select l.one, l.other from links l
    union
    select k.one, l.other from linked k join links l on l.one = k.other
  )
  select distinct s.import_id, k.source
  from said s
  join (select one, min(other) as source from linked group by one) k on k.one = s.seq
$$;

-- Notes of which source each import of a series is, none if they cannot be told apart any more, and the days of those for
-- which that changed. Days of which there is only one sheet stay as they are.
create or replace function private.part_sources(of_series text) returns void
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  changed uuid[];
begin
  with told as (
    update public.imports i set source = n.source
    from (
      select o.id, f.source
      from public.imports o
      left join private.find_sources(of_series) f on f.import_id = o.id
      where o.user_id = me and o.series = of_series and o.status = 'done'
    ) n
    where i.user_id = me and i.id = n.id and i.source is distinct from n.source
    returning i.id
  )
  select coalesce(array_agg(t.id), '{}') into strict changed from told t;
  insert into public.unsettled_days (user_id, series, day)
  select me, of_series, s.day
  from public.sheets s
  where cardinality(changed) > 0 and s.user_id = me and s.series = of_series
    and s.day in (
      select o.day
      from public.attestations a
      join public.sheets o on o.user_id = a.user_id and o.id = a.sheet_id
      where a.user_id = me and a.import_id = any (changed)
    )
  group by s.day
  having count(*) > 1
  on conflict do nothing;
end
$$;

-- The source of a sheet: see `find_sources`.
create or replace function private.source_of(s public.sheets) returns bigint
language sql stable
set search_path = ''
as $$
  select min(i.source)
  from public.attestations a
  join public.imports i on i.id = a.import_id and i.user_id = a.user_id
  where a.sheet_id = s.id and a.user_id = s.user_id
$$;

-- The rows of sheets as their sources have them, whether they count or not.
create or replace function private.original_rows(sheet_ids uuid[]) returns setof public.cost_records
language sql stable
set search_path = ''
as $$
  select r.*
  from public.cost_records r
  join public.sheets s on s.user_id = r.user_id and s.id = r.sheet_id and (s.account is not null or s.counts_for is null)
  where r.user_id = auth.uid() and r.sheet_id = any (sheet_ids) and not r.metadata ? 'edited_at'
  union all
  select l.* from public.layer_rows l where l.user_id = auth.uid() and l.sheet_id = any (sheet_ids)
$$;

-- What the events of several sheets come to, one row a key: its fullest version.
create or replace function private.joined_amount(sheet_ids uuid[], is_money boolean) returns numeric
language sql stable
set search_path = ''
as $$
  select coalesce(sum(k.amount), 0)
  from (
    select max(case when is_money then greatest(r.cost_usd, 0) else coalesce(r.tokens_used, 0) end) as amount
    from private.original_rows(sheet_ids) r
    group by r.id
  ) k
$$;

-- The imports that count instead of what was first seen before them, each with the accounts and projects it speaks of.
create or replace function private.replacing_imports(of_series text)
returns table (seq bigint, first_day date, last_day date, accounts text[], projects text[], all_projects boolean)
language sql stable
set search_path = ''
as $$
  select
    i.seq, i.first_day, i.last_day,
    array_agg(distinct coalesce(s.account, i.bound, '')),
    array_agg(distinct s.project::text),
    bool_or(s.project is null)
  from public.imports i
  join public.attestations a on a.import_id = i.id and a.user_id = i.user_id
  join public.sheets s on s.id = a.sheet_id and s.user_id = a.user_id
  where i.user_id = (select auth.uid()) and i.series = of_series and i.is_replace and i.status = 'done'
  group by i.id, i.user_id, i.seq, i.first_day, i.last_day
$$;

-- The sheets that may count on those days, each with whose it is, the farthest day of a file that has it, the place at
-- which it was first seen, and the imports that have it. Left out: older answers of a feed, what was replaced, and what is
-- not all in yet if another sheet is. `amount` is money if any sheet of the day has some, else tokens.
create or replace function private.current_sheets(of_series text, days date[])
returns table (
  id uuid, owner text, source bigint, day date, project text, detail int, is_events boolean, rows bigint, gross numeric,
  cost_usd numeric, tokens numeric, requests numeric, reach date, place bigint, seqs bigint[], is_money boolean, amount numeric
)
language sql stable
set search_path = ''
-- Without statistics, the planner takes every step for a single row, and loops over thousands.
set enable_nestloop = off
set jit = off
as $$
  -- Materialized, each by its index.
  with said as materialized (
    select s.* from public.sheets s where s.user_id = (select auth.uid()) and s.series = of_series and s.day = any (days)
  ),
  told as materialized (
    select t.sheet_id, t.import_id
    from public.attestations t
    where t.user_id = (select auth.uid()) and t.sheet_id = any (array(select s.id from said s))
  ),
  heads as materialized (
    select i.* from public.imports i where i.user_id = (select auth.uid()) and i.series = of_series
  ),
  seen as materialized (
    select
      a.sheet_id, max(a.last_day) as reach, coalesce(max(a.seq) filter (where a.is_replace), min(a.seq)) as place,
      array_agg(a.seq) as seqs, bool_or(a.is_done) as is_done,
      (array_agg(a.bound order by a.last_day desc nulls last, a.bound))[1] as bound, min(a.source) as source
    from (
      select
        t.sheet_id, i.*, i.status = 'done' as is_done,
        rank() over (partition by t.sheet_id order by i.status = 'done' desc) as standing
      from told t
      join heads i on i.id = t.import_id
    ) a
    -- An import that is not finished says nothing of a sheet that another one has.
    where a.standing = 1
    group by a.sheet_id
  ),
  attested as materialized (
    select
      s.*, coalesce(s.account, e.bound) as owner, e.source, e.reach, e.place, e.seqs, e.is_done and s.is_whole as is_in,
      rank() over (
        partition by s.feed, s.account, s.day
        order by e.is_done and s.is_whole desc, (select max(q) from unnest(e.seqs) q) desc
      ) as answer
    from seen e
    join said s on s.id = e.sheet_id
  ),
  replacing as materialized (
    select * from private.replacing_imports(of_series)
  ),
  standing as materialized (
    select a.*, bool_or(a.is_in) over (partition by a.owner, a.day) as has_any_in
    from attested a
    where (a.feed is null or a.answer = 1)
      and not exists (
        select from replacing r
        where a.day between r.first_day and r.last_day
          and a.place < r.seq
          and coalesce(a.owner, '') = any (r.accounts)
          and (r.all_projects or a.project is null or a.project = any (r.projects))
      )
  )
  select
    s.id, s.owner, s.source, s.day, s.project, s.detail, s.is_events, s.rows, s.gross, s.cost_usd, s.tokens, s.requests,
    s.reach, s.place, s.seqs,
    max(s.gross) over (partition by s.owner, s.source, s.day) > 0,
    case when max(s.gross) over (partition by s.owner, s.source, s.day) > 0 then s.gross else s.tokens end
  from standing s
  where s.is_in or not s.has_any_in
$$;

-- The sheets that count on those days, and for whom. `is_joined`: of several sheets of events, one row a key counts;
-- of equally full rows that of the sheet that comes later (`turn`).
create or replace function private.choose_sheets(of_series text, days date[])
returns table (sheet_id uuid, counts_for text, is_joined boolean, turn bigint)
language sql stable
set search_path = ''
-- Without statistics, the planner takes every step for a single row, and loops over thousands.
set enable_nestloop = off
set jit = off
as $$
  with current as materialized (
    select c.*, row_number() over (order by c.reach nulls first, -c.cost_usd, c.place) as turn
    from private.current_sheets(of_series, days) c
  ),
  -- What one import says of a day, as a whole.
  answers as materialized (
    select
      c.owner, c.source, c.day, array_agg(c.id) as sheets, array_agg(c.project order by c.project) as projects,
      max(c.detail) as detail, sum(c.gross) as gross, sum(c.tokens) as tokens, sum(c.requests) as requests,
      sum(c.rows) as rows, sum(c.cost_usd) as cost_usd, max(c.reach) as reach, max(c.place) as place, i.seq
    from current c
    cross join unnest(c.seqs) as i (seq)
    where not c.is_events
    group by i.seq, c.owner, c.source, c.day
  ),
  -- The same question asked again, in the same detail and of the same projects, has one answer: the fullest.
  questions as materialized (
    select distinct on (a.owner, a.source, a.day, a.detail, a.projects) a.*
    from answers a
    order by a.owner, a.source, a.day, a.detail, a.projects,
      a.gross desc, a.tokens desc, a.requests desc, a.rows desc, a.reach desc nulls last, a.cost_usd, a.place desc, a.seq desc
  ),
  -- Different questions are compared project by project: among those as full as the fullest the finest counts.
  parts as materialized (
    select distinct on (p.owner, p.source, p.day, p.project) p.id, p.owner, p.source, p.day, p.project, p.amount
    from (
      select c.*, q.detail as asked, max(c.amount) over (partition by c.owner, c.source, c.day, c.project) as fullest
      from questions q
      cross join unnest(q.sheets) as s (id)
      join current c on c.id = s.id
    ) p
    where private.is_as_full(p.amount, p.fullest)
    order by p.owner, p.source, p.day, p.project, p.asked desc,
      p.gross desc, p.tokens desc, p.requests desc, p.rows desc, p.reach desc nulls last, p.cost_usd, p.place desc
  ),
  -- Events joined, projects added up, and what does not look at projects show the same money: the fullest counts, and
  -- of equally full ones the first of these. What is coarser than any view (detail -1) comes last.
  views as materialized (
    select
      p.owner, p.source, p.day, array_agg(p.id) as sheets, sum(p.amount) as amount,
      case when p.project is null then 3 else 2 end as place, false as is_joined
    from parts p
    group by p.owner, p.source, p.day, p.project is null
    union all
    select
      c.owner, c.source, c.day, array_agg(c.id),
      case
        when count(*) = 1 or not exists (
          select from parts p
          where p.owner is not distinct from c.owner and p.source is not distinct from c.source and p.day = c.day
        ) then sum(c.amount)
        else greatest(max(c.amount), private.joined_amount(array_agg(c.id), bool_or(c.is_money)))
      end,
      case when max(c.detail) < 0 then 4 else 1 end, count(*) > 1
    from current c
    where c.is_events
    group by c.owner, c.source, c.day, c.detail < 0
  ),
  counting as materialized (
    select distinct on (v.owner, v.source, v.day) v.*
    from (select v.*, max(v.amount) over (partition by v.owner, v.source, v.day) as fullest from views v) v
    where private.is_as_full(v.amount, v.fullest)
    order by v.owner, v.source, v.day, v.place
  )
  select c.id, v.owner, v.is_joined, c.turn
  from counting v
  cross join unnest(v.sheets) as s (id)
  join current c on c.id = s.id
$$;

revoke all on function
  private.is_as_full, private.bind_imports, private.find_sources, private.part_sources, private.source_of,
  private.original_rows, private.joined_amount, private.replacing_imports, private.current_sheets, private.choose_sheets
  from public;
grant execute on function
  private.is_as_full, private.bind_imports, private.find_sources, private.part_sources, private.source_of,
  private.original_rows, private.joined_amount, private.replacing_imports, private.current_sheets, private.choose_sheets
  to authenticated, service_role;
