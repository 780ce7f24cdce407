-- What counts of a series on a day: a function of the sheets that imports attest, and of nothing else.

-- Two sums show the same money if they differ by half a percent at most: some exports round.
create or replace function private.is_as_full(amount numeric, fullest numeric) returns boolean
language sql immutable
as $$
  select amount >= fullest * 0.995
$$;

-- By what sums are compared: money (2) if there is any; else what stands beside it (1), such as estimates; else tokens (0).
create or replace function private.measure_of(gross numeric, beside numeric) returns int
language sql immutable
as $$
  select case when gross > 0 then 2 when beside > 0 then 1 else 0 end
$$;

create or replace function private.measured(measure int, gross numeric, beside numeric, tokens numeric) returns numeric
language sql immutable
as $$
  select case measure when 2 then gross when 1 then beside else tokens end
$$;

-- What a record has beside its cost, as far as it makes a sheet fuller (`sheets.beside`): not what prices of aicost made of
-- its tokens, because prices change.
create or replace function private.beside_of(estimated_cost_usd numeric, topup_usd numeric, metadata jsonb) returns numeric
language sql immutable
as $$
  select case when metadata ? 'price' then 0 else greatest(estimated_cost_usd, 0) end + greatest(topup_usd, 0)
$$;

-- Whether a series is that of a coding agent. Its logs tell of each call: what a report makes of these logs, as sums of days,
-- gives way to a scan that has a call of the day, whichever of them comes first, and never takes its place.
create or replace function private.is_scanned(series text) returns boolean
language sql immutable
as $$
  select series like 'agent/%'
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
    select i.id, i.account_given, s.account, s.day, s.last_day, sum(s.gross) as gross,
      sum(s.beside) as beside, sum(s.tokens) as tokens
    from public.imports i
    join public.attestations a on a.user_id = me and a.import_id = i.id
    join public.sheets s on s.user_id = me and s.id = a.sheet_id
    where i.user_id = me and s.series = of_series and i.status = 'done'
    group by i.id, i.account_given, s.account, s.day, s.last_day
  ),
  days as materialized (
    select s.*, m.measure, private.measured(m.measure, s.gross, s.beside, s.tokens) as amount
    from said s
    cross join lateral (select private.measure_of(s.gross, s.beside) as measure) m
  ),
  compared as materialized (
    select
      u.id, n.account, u.day, u.last_day,
      bool_or(
        u.measure = n.measure and private.is_as_full(least(u.amount, n.amount), greatest(u.amount, n.amount))
      ) as is_equal
    from days u
    join days n on n.day = u.day and n.last_day = u.last_day and n.account is not null
    where u.account is null
    group by u.id, n.account, u.day, u.last_day
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
    update public.imports i set bound = jsonb_strip_nulls(i.bound || jsonb_build_object(of_series, f.account))
    from found f
    where i.user_id = me and i.id = f.id and i.bound ->> of_series is distinct from f.account
    returning i.id, i.is_replace, i.first_day, i.last_day
  ),
  noted as (
    insert into public.unsettled_days (user_id, series, day)
    select me, of_series, d.day from days d join moved m on m.id = d.id where d.account is null
    union
    select me, of_series, s.day
    from moved m
    join public.sheets s on s.user_id = me and s.series = of_series
      and s.day <= m.last_day and s.last_day >= m.first_day
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
    select i.id as import_id, i.seq, s.day, s.id, s.account, s.keys
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
    where (x.account = y.account or x.account is null or y.account is null)
      and (x.id = y.id or x.keys && y.keys or x.keys is null or y.keys is null)
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

-- The id under which a row of a sheet counts. One that names no account gets the found one into its id, because two accounts
-- may have rows of one key; it has the same id then as in a file that was imported with that account (`idOfAccount` in
-- `src/lib/record/record.ts`).
create or replace function private.counted_id(id uuid, account text, counts_for text) returns uuid
language sql immutable
as $$
  select case when account is null and counts_for is not null then md5(id::text || ' ' || counts_for)::uuid else id end
$$;

-- What the events of several sheets of an account come to, one row a key: its fullest version.
create or replace function private.joined_amount(sheet_ids uuid[], owner text, measure int) returns numeric
language sql stable
set search_path = ''
as $$
  select coalesce(sum(k.amount), 0)
  from (
    select
      max(private.measured(
        measure, greatest(r.cost_usd, 0), private.beside_of(r.estimated_cost_usd, r.topup_usd, r.metadata), coalesce(r.tokens_used, 0)
      )) as amount
    from private.original_rows(sheet_ids) r
    group by private.counted_id(r.id, r.account, owner)
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
    array_agg(distinct coalesce(s.account, i.bound ->> of_series, '')),
    array_agg(distinct s.project::text),
    bool_or(s.project is null)
  from public.imports i
  join public.attestations a on a.import_id = i.id and a.user_id = i.user_id
  join public.sheets s on s.id = a.sheet_id and s.user_id = a.user_id
  where i.user_id = (select auth.uid()) and s.series = of_series and i.is_replace and i.status = 'done'
  group by i.id, i.user_id, i.seq, i.first_day, i.last_day
$$;

-- The sheets that may count on those days, each with whose it is, the farthest day of a file that has it, the place at
-- which it was first seen, and the imports that have it. Left out: older answers of a feed, what was replaced, and what is
-- not all in yet if another sheet is; and what a report says of an agent's day of which a scan has calls. `amount` is money if any sheet of the day has some, else
-- what stands beside it, else tokens (see `measure_of`).
create or replace function private.current_sheets(of_series text, days date[])
returns table (
  id uuid, owner text, source bigint, day date, last_day date, project text, detail int, is_events boolean, rows bigint, gross numeric,
  beside numeric, cost_usd numeric, tokens numeric, requests numeric, reach date, place bigint, seqs bigint[], measure int,
  amount numeric
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
    select i.*, i.bound ->> of_series as owner
    from public.imports i
    where i.user_id = (select auth.uid()) and i.id = any (array(select distinct t.import_id from told t))
  ),
  seen as materialized (
    select
      a.sheet_id, max(a.last_day) as reach, coalesce(max(a.seq) filter (where a.is_replace), min(a.seq)) as place,
      array_agg(a.seq) as seqs, bool_or(a.is_done) as is_done,
      (array_agg(a.owner order by a.last_day desc nulls last, a.owner))[1] as owner, min(a.source) as source
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
      s.*, coalesce(s.account, e.owner) as owner, e.source, e.reach, e.place, e.seqs, e.is_done and s.is_whole as is_in,
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
    select a.*
    from attested a
    where (a.feed is null or a.answer = 1)
      and (
        private.is_scanned(of_series) and a.is_events
        or not exists (
          select from replacing r
          where a.day <= r.last_day and a.last_day >= r.first_day
            and a.place < r.seq
            and coalesce(a.owner, '') = any (r.accounts)
            and (r.all_projects or a.project is null or a.project = any (r.projects))
        )
      )
  ),
  left_over as materialized (
    select a.*
    from standing a
    where not private.is_scanned(of_series) or a.is_events
      or not exists (
        select from standing e where e.is_events and e.is_in and e.day <= a.last_day and e.last_day >= a.day
      )
  )
  select
    s.id, s.owner, s.source, s.day, s.last_day, s.project, s.detail, s.is_events, s.rows, s.gross, s.beside, s.cost_usd,
    s.tokens, s.requests, s.reach, s.place, s.seqs, s.measure, private.measured(s.measure, s.gross, s.beside, s.tokens)
  from (
    select
      a.*,
      max(private.measure_of(a.gross, a.beside)) over (partition by a.owner, a.source, a.day, a.last_day) as measure
    from left_over a
  ) s
  where s.is_in or not exists (
    select from left_over o
    where o.is_in and o.owner is not distinct from s.owner and o.day <= s.last_day and o.last_day >= s.day
  )
$$;

-- Which of several bills of one money give way, by their places: each is of one day, or of all days from its first to its
-- last one. Of those that overlap in part, the fullest counts. Then, from the shortest to the longest one, what stands within
-- a bill counts if it comes to as much, else the bill itself. `bills`: the same for those that show the same money.
create or replace function private.giving_way(
  bills bigint[], firsts date[], lasts date[], amounts numeric[], measures int[]
) returns bigint[]
language plpgsql immutable
set search_path = ''
as $$
declare
  gone bigint[] := '{}';
  kept bigint[] := '{}';
  bill record;
  crosses boolean;
  within record;
begin
  for bill in
    select b.*
    from unnest(bills, firsts, lasts, amounts, measures) with ordinality as b (bill, day, last_day, amount, measure, place)
    where b.last_day > b.day
    order by b.measure desc, b.amount desc, b.last_day - b.day, b.day
  loop
    crosses := exists (
      select from unnest(kept) k
      where bills[k] = bill.bill
        and (
          (firsts[k] < bill.day and lasts[k] >= bill.day and lasts[k] < bill.last_day)
          or (firsts[k] > bill.day and firsts[k] <= bill.last_day and lasts[k] > bill.last_day)
        )
    );
    if crosses then
      gone := gone || bill.place;
    else
      kept := kept || bill.place;
    end if;
  end loop;
  for bill in
    select b.*
    from unnest(bills, firsts, lasts, amounts, measures) with ordinality as b (bill, day, last_day, amount, measure, place)
    where b.place = any (kept)
    order by b.last_day - b.day, b.day
  loop
    select
      array_agg(b.place) as places, greatest(bill.measure, max(b.measure)) as measure,
      array_agg(b.amount) as amounts, array_agg(b.measure) as measures
    into within
    from unnest(bills, firsts, lasts, amounts, measures) with ordinality as b (bill, day, last_day, amount, measure, place)
    where b.bill = bill.bill and b.place <> bill.place and b.place <> all (gone)
      and b.day >= bill.day and b.last_day <= bill.last_day;
    if within.places is null then
      continue;
    elsif private.is_as_full(
      (
        select coalesce(sum(n.amount), 0)
        from unnest(within.amounts, within.measures) as n (amount, measure)
        where n.measure = within.measure
      ),
      case when bill.measure = within.measure then bill.amount else 0 end
    ) then
      gone := gone || bill.place;
    else
      gone := gone || within.places;
    end if;
  end loop;
  return gone;
end
$$;

-- The sheets that count on those days, and for whom. `is_joined`: of several sheets of events, one row a key counts;
-- of equally full rows that of the sheet that comes later (`turn`). Scans of an agent come in the order in which they were
-- made.
create or replace function private.choose_sheets(of_series text, days date[])
returns table (sheet_id uuid, counts_for text, is_joined boolean, turn bigint)
language sql stable
set search_path = ''
-- Without statistics, the planner takes every step for a single row, and loops over thousands.
set enable_nestloop = off
set jit = off
as $$
  with current as materialized (
    select
      c.*,
      row_number() over (
        order by case when not n.is_scan then c.reach end nulls first, case when not n.is_scan then -c.cost_usd end, c.place
      ) as turn
    from private.current_sheets(of_series, days) c
    cross join lateral (select private.is_scanned(of_series) and c.is_events as is_scan) n
  ),
  -- What one import says of a day, as a whole.
  answers as materialized (
    select
      c.owner, c.source, c.day, c.last_day, array_agg(c.id) as sheets, array_agg(c.project order by c.project) as projects,
      max(c.detail) as detail, sum(c.gross) as gross, sum(c.beside) as beside, sum(c.tokens) as tokens, sum(c.requests) as requests,
      sum(c.rows) as rows, sum(c.cost_usd) as cost_usd, max(c.reach) as reach, max(c.place) as place, i.seq
    from current c
    cross join unnest(c.seqs) as i (seq)
    where not c.is_events
    group by i.seq, c.owner, c.source, c.day, c.last_day
  ),
  -- The same question asked again, in the same detail and of the same projects, has one answer: the fullest.
  questions as materialized (
    select distinct on (a.owner, a.source, a.day, a.last_day, a.detail, a.projects) a.*
    from answers a
    order by a.owner, a.source, a.day, a.last_day, a.detail, a.projects,
      a.gross desc, a.beside desc, a.tokens desc, a.requests desc, a.rows desc, a.reach desc nulls last, a.cost_usd, a.place desc, a.seq desc
  ),
  -- Different questions are compared project by project: among those as full as the fullest the finest counts.
  parts as materialized (
    select distinct on (p.owner, p.source, p.day, p.last_day, p.project)
      p.id, p.owner, p.source, p.day, p.last_day, p.project, p.amount, p.measure, p.rows
    from (
      select
        c.*, q.detail as asked,
        max(c.amount) over (partition by c.owner, c.source, c.day, c.last_day, c.project) as fullest
      from questions q
      cross join unnest(q.sheets) as s (id)
      join current c on c.id = s.id
    ) p
    where private.is_as_full(p.amount, p.fullest)
    order by p.owner, p.source, p.day, p.last_day, p.project, p.asked desc,
      p.gross desc, p.beside desc, p.tokens desc, p.requests desc, p.rows desc, p.reach desc nulls last, p.cost_usd, p.place desc
  ),
  -- Events joined, projects added up, and what does not look at projects show the same money: the fullest counts, and
  -- of equally full ones the first of these. What is coarser than any view (detail -1) comes last.
  views as materialized (
    select
      p.owner, p.source, p.day, p.last_day, array_agg(p.id) as sheets, sum(p.amount) as amount,
      max(p.measure) as measure, sum(p.rows) as rows, case when p.project is null then 3 else 2 end as place,
      false as is_joined
    from parts p
    group by p.owner, p.source, p.day, p.last_day, p.project is null
    union all
    select
      c.owner, c.source, c.day, c.last_day, array_agg(c.id),
      case
        when count(*) = 1 or not exists (
          select from parts p
          where p.owner is not distinct from c.owner and p.source is not distinct from c.source
            and p.day = c.day and p.last_day = c.last_day
          union all
          select from current b where b.last_day > b.day
        ) then sum(c.amount)
        else greatest(max(c.amount), private.joined_amount(array_agg(c.id), c.owner, max(c.measure)))
      end,
      max(c.measure), sum(c.rows), case when max(c.detail) < 0 then 4 else 1 end, count(*) > 1
    from current c
    where c.is_events
    group by c.owner, c.source, c.day, c.last_day, c.detail < 0
  ),
  best as materialized (
    select distinct on (v.owner, v.source, v.day, v.last_day) v.*
    from (
      select v.*, max(v.amount) over (partition by v.owner, v.source, v.day, v.last_day) as fullest from views v
    ) v
    where private.is_as_full(v.amount, v.fullest)
    order by v.owner, v.source, v.day, v.last_day, v.place
  ),
  -- Bills of several days, and the days that these speak of: each stretch of them in which one meets the next.
  bills as materialized (
    select
      b.owner, b.source, b.day, b.last_day,
      max(b.last_day) over (
        partition by b.owner, b.source order by b.day, b.last_day rows between unbounded preceding and 1 preceding
      ) as reached
    from best b
    where b.last_day > b.day
  ),
  stretches as materialized (
    select n.owner, n.source, n.stretch, min(n.day) as day, max(n.last_day) as last_day
    from (
      select
        b.*,
        count(*) filter (where b.reached is null or b.reached < b.day)
          over (partition by b.owner, b.source order by b.day, b.last_day) as stretch
      from bills b
    ) n
    group by n.owner, n.source, n.stretch
  ),
  -- What shows the same money there: by projects, if all of it is.
  rivals as materialized (
    select
      r.day, r.last_day, r.bills, array_agg(r.id) as sheets, max(r.measure) as measure,
      case when r.by_project then sum(r.amount) else max(r.of_all) end as amount
    from (
      select
        b.day, b.last_day, b.measure, b.amount as of_all, c.id, c.amount, b.by_project,
        dense_rank() over (order by b.owner, b.source, b.stretch, case when b.by_project then c.project end) as bills
      from (
        select b.*, t.stretch, bool_and(b.place = 2) over (partition by b.owner, b.source, t.stretch) as by_project
        from best b
        join stretches t on t.owner is not distinct from b.owner and t.source is not distinct from b.source
          and b.day between t.day and t.last_day
        where b.rows > 0
      ) b
      cross join unnest(b.sheets) as s (id)
      join current c on c.id = s.id
    ) r
    group by r.bills, r.day, r.last_day, r.by_project
  ),
  giving_way as materialized (
    select private.giving_way(
      array_agg(r.bills order by r.n), array_agg(r.day order by r.n), array_agg(r.last_day order by r.n),
      array_agg(r.amount order by r.n), array_agg(r.measure order by r.n)
    ) as places
    from (select r.*, row_number() over (order by r.bills, r.day, r.last_day) as n from rivals r) r
  ),
  hidden as materialized (
    select unnest(r.sheets) as id
    from (select r.*, row_number() over (order by r.bills, r.day, r.last_day) as n from rivals r) r
    join giving_way g on r.n = any (g.places)
  )
  select c.id, b.owner, b.is_joined, c.turn
  from best b
  cross join unnest(b.sheets) as s (id)
  join current c on c.id = s.id
  where c.id not in (select h.id from hidden h)
$$;

revoke all on function
  private.is_as_full, private.measure_of, private.measured, private.beside_of, private.is_scanned, private.bind_imports, private.find_sources, private.part_sources, private.source_of,
  private.original_rows, private.counted_id, private.joined_amount, private.replacing_imports, private.current_sheets, private.giving_way, private.choose_sheets
  from public;
grant execute on function
  private.is_as_full, private.measure_of, private.measured, private.beside_of, private.is_scanned, private.bind_imports, private.find_sources, private.part_sources, private.source_of,
  private.original_rows, private.counted_id, private.joined_amount, private.replacing_imports, private.current_sheets, private.giving_way, private.choose_sheets
  to authenticated, service_role;
