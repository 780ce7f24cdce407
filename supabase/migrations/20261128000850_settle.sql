-- Makes cost_records hold what counts: after an import, an undo or a correction, days are settled.

-- Whose a sheet is: the account that it names, else that of the farthest import that has it.
create or replace function private.owner_of(s public.sheets) returns text
language sql stable
set search_path = ''
as $$
  select coalesce(s.account, (
    select i.bound ->> s.series
    from public.attestations a
    join public.imports i on i.id = a.import_id and i.user_id = a.user_id
    where a.sheet_id = s.id and a.user_id = s.user_id
    order by i.status = 'done' desc, i.last_day desc nulls last, i.bound ->> s.series
    limit 1
  ))
$$;

-- The id that the row of an edit has in a sheet: the same one, or another one if only one of two sheets names the account of
-- which both are. Null if the sheet does not have the row.
create or replace function private.key_in(s public.sheets, e public.edits) returns uuid
language sql stable
set search_path = ''
as $$
  select k.id
  from (
    select l.id from public.layer_rows l where l.sheet_id = s.id and l.user_id = s.user_id and l.id in (e.key_id, e.record_id)
    union all
    select r.id
    from public.cost_records r
    where r.sheet_id = s.id and r.user_id = s.user_id and r.id in (e.key_id, e.record_id)
      and (s.account is not null or s.counts_for is null)
    union all
    select l.id
    from (select private.owner_of(s) as account where s.account is null) o
    join public.layer_rows l on l.sheet_id = s.id and l.user_id = s.user_id
    where private.counted_id(l.id, null, o.account) = e.record_id
  ) k
  limit 1
$$;

-- The sheet whose row an edit is of: that on which it was made; if no import has that any more, the first that has the row.
create or replace function private.home_of(e public.edits, out sheet public.sheets, out key_id uuid)
language sql stable
set search_path = ''
as $$
  select h.sheet, h.key_id
  from (
    select s as sheet, i.seq, s.id = e.sheet_id as is_own, case when s.id = e.sheet_id then e.key_id else private.key_in(s, e) end as key_id
    from public.sheets s
    join public.attestations a on a.sheet_id = s.id and a.user_id = s.user_id
    join public.imports i on i.id = a.import_id and i.user_id = a.user_id
    where s.user_id = e.user_id and s.series = e.series and s.day = e.day and (s.id = e.sheet_id or i.status = 'done')
  ) h
  where h.key_id is not null
  order by h.is_own desc, h.seq
  limit 1
$$;

-- Lets the edits of some days follow their rows to whom these are found to be of. Where that changes something, all that
-- counts is shown again.
create or replace function private.move_edits(of_series text, days date[]) returns void
language sql
set search_path = ''
as $$
  with homes as materialized (
    select
      e.id, (h.sheet).id as sheet_id, h.key_id,
      private.counted_id(h.key_id, (h.sheet).account, private.owner_of(h.sheet)) as record_id
    from public.edits e
    cross join lateral private.home_of(e) h
    where e.user_id = auth.uid() and e.series = of_series and e.day = any (days) and h.key_id is not null
  ),
  moved as (
    update public.edits e set sheet_id = h.sheet_id, key_id = h.key_id, record_id = h.record_id
    from homes h
    where e.user_id = auth.uid() and e.id = h.id and (e.sheet_id, e.key_id, e.record_id) <> (h.sheet_id, h.key_id, h.record_id)
    returning e.day
  )
  update public.sheets s set counted_rows = -1
  where s.user_id = auth.uid() and s.series = of_series and s.counts and s.day in (select m.day from moved m)
$$;

-- What the user did last to some records.
create or replace function private.last_edits(record_ids uuid[]) returns setof public.edits
language sql stable
set search_path = ''
as $$
  select distinct on (e.record_id) e.*
  from public.edits e
  where e.user_id = auth.uid() and e.record_id = any (record_ids)
  order by e.record_id, e.edited_at desc, e.id
$$;

-- A record as the user changed it.
create or replace function private.edited(r public.cost_records, changes jsonb, edited_at timestamptz)
returns public.cost_records
language plpgsql stable
set search_path = ''
as $$
declare
  new public.cost_records := jsonb_populate_record(r, changes - 'metadata');
begin
  -- The amount of a top-up is not a cost.
  if new.kind = 'top_up' then
    new.topup_usd := coalesce((changes ->> 'cost_usd')::numeric, new.topup_usd, new.cost_usd);
    new.cost_usd := 0;
  elsif new.topup_usd is not null then
    new.cost_usd := coalesce((changes ->> 'cost_usd')::numeric, new.topup_usd);
    new.topup_usd := null;
  end if;
  new.metadata := jsonb_strip_nulls(r.metadata || coalesce(changes -> 'metadata', '{}'))
    || jsonb_build_object('edited_at', private.moment_text(edited_at));
  return new;
end
$$;

-- Differs if two records with the same id say different things.
create or replace function private.record_mark(r public.cost_records) returns bigint
language plpgsql immutable
set search_path = ''
as $$
begin
  r.sheet_id := null;
  r.account := null;
  return hash_record_extended(r, 0);
end
$$;

-- Takes the rows of sheets out of cost_records, into layer_rows if an import still has them. What counts in another form
-- than its sheet has it is there already.
create or replace function private.hide_rows(leaving uuid[], days date[]) returns void
language sql
set search_path = ''
as $$
  with gone as (
    delete from public.cost_records r
    where r.sheet_id = any (leaving) and r.user_id = auth.uid()
      -- Says nothing new, but leaves out partitions.
      and r.timestamp >= (select min(d) from unnest(days) d)::timestamp at time zone 'UTC'
      and r.timestamp < ((select max(d) from unnest(days) d) + 1)::timestamp at time zone 'UTC'
    returning r.*
  ),
  kept as materialized (
    select s.id
    from public.sheets s
    where s.user_id = auth.uid() and s.id = any (leaving) and (s.account is not null or s.counts_for is null)
      and exists (select from public.attestations a where a.user_id = s.user_id and a.sheet_id = s.id)
  )
  insert into public.layer_rows
  select g.* from gone g where g.sheet_id in (select k.id from kept k) and not g.metadata ? 'edited_at'
  on conflict do nothing
$$;

-- Puts rows of sheets into cost_records: of several with the same id the fullest, then that of the sheet whose turn comes
-- last; of several that sum up calls the last, which knew the others. Corrected as the user did. Returns them.
create or replace function private.show_rows(coming uuid[], turns bigint[]) returns setof public.cost_records
language sql
set search_path = ''
as $$
  with edited as materialized (
    select e.*
    from private.last_edits(array(select o.record_id from public.edits o where o.user_id = (select auth.uid()))) e
  ),
  rows as materialized (
    select distinct on (k.id)
      row(
        k.id, l.user_id, l.provider_id, l.timestamp, l.granularity, l.kind, l.model_name, l.cost_usd,
        l.estimated_cost_usd, l.topup_usd, l.tokens_used, l.input_tokens, l.output_tokens, l.cache_read_tokens,
        l.cache_write_tokens, l.request_count, l.collection_method, l.sheet_id, s.counts_for, l.project,
        l.api_key, l.agent, l.session, l.metadata, l.calls, l.call_counts
      )::public.cost_records as record,
      l.id as key_id, e.record_id is not null as is_edited, e.changes, e.edited_at
    from unnest(coming, turns) as c (sheet_id, turn)
    join public.sheets s on s.user_id = (select auth.uid()) and s.id = c.sheet_id
    join public.layer_rows l on l.user_id = s.user_id and l.sheet_id = s.id
    cross join lateral (select private.counted_id(l.id, s.account, s.counts_for) as id) k
    left join edited e on e.record_id = k.id
    order by k.id, case when l.calls is null then 0 else c.turn end desc, greatest(l.cost_usd, 0) desc, private.beside_of(l.estimated_cost_usd, l.topup_usd, l.metadata) desc,
      l.tokens_used desc nulls last, l.request_count desc nulls last, c.turn desc
  ),
  as_they_are as (
    delete from public.layer_rows l
    using rows r
    where l.user_id = (r.record).user_id and l.sheet_id = (r.record).sheet_id and l.id = r.key_id
      and not r.is_edited and (r.record).id = r.key_id
  )
  insert into public.cost_records
  select (r.record).* from rows r where not r.is_edited
  union all
  select e.* from rows r cross join lateral private.edited(r.record, r.changes, r.edited_at) e where r.changes is not null
  returning *
$$;

-- How many rows of a sheet count beside those of others, and what they charge: its own, and those that another sheet has as
-- well.
create or replace function private.count_joined(sheet_id uuid, out rows bigint, out usd numeric)
language sql stable
set search_path = ''
as $$
  select count(*), coalesce(sum(c.cost_usd), 0)
  from (
    select r.cost_usd
    from public.cost_records r
    where r.sheet_id = count_joined.sheet_id and r.user_id = auth.uid()
    union all
    select r.cost_usd
    from public.layer_rows l
    join public.sheets s on s.id = l.sheet_id and s.user_id = l.user_id
    join public.cost_records r on r.id = private.counted_id(l.id, s.account, s.counts_for) and r.timestamp = l.timestamp
      and r.user_id = l.user_id and r.sheet_id <> l.sheet_id
    where l.sheet_id = count_joined.sheet_id and l.user_id = auth.uid()
      and (
        r.metadata ? 'edited_at'
        or (r.cost_usd, private.beside_of(r.estimated_cost_usd, r.topup_usd, r.metadata), r.tokens_used, r.request_count)
          is not distinct from
          (l.cost_usd, private.beside_of(l.estimated_cost_usd, l.topup_usd, l.metadata), l.tokens_used, l.request_count)
      )
  ) c
$$;

-- Those days, and all others of a series of which a bill of several days makes one decision with them.
create or replace function private.days_in_one(of_series text, days date[]) returns date[]
language sql stable
set search_path = ''
as $$
  with recursive bills as materialized (
    select distinct s.day, s.last_day
    from public.sheets s
    where s.user_id = auth.uid() and s.series = of_series and s.last_day > s.day
  ),
  met (day, last_day) as (
    select b.day, b.last_day from bills b where exists (select from unnest(days) d where d between b.day and b.last_day)
    union
    select b.day, b.last_day from met m join bills b on b.day <= m.last_day and b.last_day >= m.day
  )
  select array(
    select unnest(days)
    union
    select s.day
    from met m
    join public.sheets s on s.user_id = auth.uid() and s.series = of_series and s.day between m.day and m.last_day
  )
$$;

-- How many rows are moved in one call, if no day has more: one that ends within the time that a hosted project allows.
create or replace function private.most_settled_rows() returns bigint
language sql immutable
as $$
  select 20000::bigint
$$;

-- The sheets of some days that are to leave cost_records or to come into it, as many as one call can move. A day moves as a
-- whole; a bill of several days comes after its days have left, and leaves before they come, so that nothing counts twice
-- meanwhile. With `after_day`: in the order of days, those after it. `days_left`: the days of the others.
create or replace function private.next_moves(
  of_series text, days date[], after_day date,
  out leaving uuid[], out coming uuid[], out owners text[], out turns bigint[], out joined uuid[], out days_left date[],
  out through date
)
language sql stable
set search_path = ''
as $$
  with compared as materialized (
    select
      s.id, s.day, case when after_day is null then s.last_day > s.day end as is_bill, s.rows, s.counts as was,
      c.sheet_id is not null as now, c.counts_for as owner, c.is_joined, c.turn
    from public.sheets s
    left join private.choose_sheets(of_series, days) c on c.sheet_id = s.id
    where s.user_id = (select auth.uid()) and s.series = of_series and s.day = any (days) and (after_day is null or s.day > after_day)
      and (
        s.counts <> (c.sheet_id is not null) or s.counts_for is distinct from c.counts_for
        or case
          when s.is_joined and c.is_joined then s.counted_rows < 0 or exists (
            select from public.unsettled_days u where u.user_id = s.user_id and u.series = s.series and u.day = s.day
          )
          else c.is_joined or s.is_joined or (s.counts and s.counted_rows <> s.rows)
        end
      )
  ),
  portions as materialized (
    select p.*, sum(p.rows) over (order by p.place, p.day, p.is_bill) - p.rows < private.most_settled_rows() as is_next
    from (
      select
        c.day, c.is_bill, sum(c.rows) as rows,
        case
          when after_day is not null then 0 when bool_and(c.was and not c.now) then 1 when bool_and(c.now and not c.was) then 3 else 2
        end as place
      from compared c
      group by c.day, c.is_bill
    ) p
  ),
  moves as (
    select c.*, p.is_next
    from compared c
    join portions p on p.day = c.day and p.is_bill is not distinct from c.is_bill
  )
  select
    coalesce(array_agg(m.id) filter (where m.is_next and m.was), '{}'),
    array_agg(m.id order by m.id) filter (where m.is_next and m.now),
    array_agg(m.owner order by m.id) filter (where m.is_next and m.now),
    array_agg(m.turn order by m.id) filter (where m.is_next and m.now),
    array_agg(m.id) filter (where m.is_next and m.is_joined),
    coalesce(array_agg(distinct m.day) filter (where not m.is_next), '{}'),
    case when bool_or(not m.is_next) then max(m.day) filter (where m.is_next) else (select max(d) from unnest(days) d) end
  from moves m
$$;

-- Decides what counts on some days of a series, and moves the next rows accordingly (see `next_moves`). Returns how many
-- records came to count, count with other values, and no longer count; of these last ones the charges that what came instead
-- lacks; how many edits are of no sheet any more; and the days that are left to be moved.
create or replace function private.settle(of_series text, days date[], after_day date default null) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  moves record;
  alike uuid[];
  before public.cost_records[];
  moved jsonb;
begin
  perform private.move_edits(of_series, days);
  select m.* into strict moves from private.next_moves(of_series, days, after_day) m;

  -- Only what looks as closely can be said to lack a charge.
  alike := array(
    select distinct l.id
    from public.sheets l
    join public.sheets c on c.user_id = me and c.id = any (moves.coming) and c.day = l.day and c.detail = l.detail
    where l.user_id = me and l.id = any (moves.leaving)
  );
  before := array(select r from public.cost_records r where r.user_id = me and r.sheet_id = any (moves.leaving));
  perform private.hide_rows(moves.leaving, days);
  update public.sheets s set counts = false, counts_for = null, counted_rows = 0, counted_usd = 0, is_joined = false
  where s.user_id = me and s.id = any (moves.leaving);
  update public.sheets s set counts = true, counts_for = c.owner, counted_rows = s.rows, counted_usd = s.cost_usd
  from unnest(moves.coming, moves.owners) as c (id, owner)
  where s.user_id = me and s.id = c.id;

  with shown as materialized (
    select r.id, r as record from private.show_rows(moves.coming, moves.turns) r
  ),
  compared as (
    select
      b.id is not null as was, s.id is not null as now,
      case when b.id = s.id then private.record_mark(b.record) <> private.record_mark(s.record) end as is_other,
      (b.record).sheet_id = any (alike) as is_alike, (b.record).cost_usd, (b.record).model_name, (b.record).timestamp
    from (select (r).id, r as record from unnest(before) r) b
    full join shown s on s.id = b.id
  )
  select jsonb_build_object(
    'inserted', count(*) filter (where not c.was),
    'updated', count(*) filter (where c.is_other),
    'replaced', count(*) filter (where not c.now),
    'lacking', count(*) filter (where not c.now and c.is_alike and c.cost_usd > 0),
    'lacking_usd', coalesce(sum(c.cost_usd) filter (where not c.now and c.is_alike and c.cost_usd > 0), 0),
    'largest', (
      select jsonb_build_object(
        'model', l.model_name, 'date', (l.timestamp at time zone 'UTC')::date, 'usd', trim_scale(l.cost_usd)::text
      )
      from compared l
      where not l.now and l.is_alike and l.cost_usd > 0
      order by l.cost_usd desc, l.timestamp
      limit 1
    )
  )
  into strict moved
  from compared c;

  update public.sheets s set counted_rows = c.rows, counted_usd = c.usd, is_joined = true
  from unnest(moves.joined) as o (id)
  cross join lateral private.count_joined(o.id) c
  where s.user_id = me and s.id = o.id;
  return moved || jsonb_build_object(
    'edits_lost', private.forget_days(of_series, array(
      select d from unnest(days) d where d <> all (moves.days_left) and d > coalesce(after_day, '-infinity')
    )),
    'days_left', to_jsonb(moves.days_left),
    'through', moves.through
  );
end
$$;

-- Removes the sheets that no import attests any more, and edits of rows that none of them has. Returns how many edits.
create or replace function private.forget_days(of_series text, days date[]) returns bigint
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  edits_lost bigint;
begin
  delete from public.sheets s
  where s.user_id = me and s.series = of_series and s.day = any (days)
    and not exists (select from public.attestations a where a.user_id = me and a.sheet_id = s.id);
  delete from public.edits e
  where e.user_id = me and e.series = of_series and e.day = any (days)
    and not exists (
      select
      from public.sheets s
      join public.layer_rows l on l.user_id = me and l.sheet_id = s.id and l.id = e.key_id
      where s.user_id = me and s.series = of_series and s.day = e.day
    )
    -- It may be of a row that counts for somebody else by now, as it is.
    and not exists (select from public.cost_records r where r.id = e.key_id and r.user_id = me)
    -- It may be one of the rows that are not here yet.
    and not exists (
      select from public.sheets s
      where s.user_id = me and s.series = of_series and s.day = e.day and not s.is_whole
    );
  get diagnostics edits_lost = row_count;
  return edits_lost;
end
$$;

-- What is known of missing charges, with those of some more days.
create or replace function private.added_missing(known jsonb, moved jsonb) returns jsonb
language sql immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'rows', (moved ->> 'lacking')::bigint + coalesce((known ->> 'rows')::bigint, 0),
    'usd', trim_scale((moved ->> 'lacking_usd')::numeric + coalesce((known ->> 'usd')::numeric, 0))::text,
    'largest', case
      when (known #>> '{largest,usd}')::numeric >= (moved #>> '{largest,usd}')::numeric then known -> 'largest'
      else moved -> 'largest'
    end,
    'stay', false
  )
$$;

-- Notes in an import what settling days has moved. Records that went are charges that it lacks.
create or replace function private.note_moved(import_id uuid, moved jsonb, rebound bigint) returns void
language sql
set search_path = ''
as $$
  update public.imports i set
    inserted = i.inserted + (moved ->> 'inserted')::bigint,
    updated = i.updated + (moved ->> 'updated')::bigint,
    replaced = i.replaced + (moved ->> 'replaced')::bigint,
    facts = i.facts
      || case when rebound > 0 then
        jsonb_build_object(
          'rebound', jsonb_build_object('imports', rebound + coalesce((i.facts #>> '{rebound,imports}')::bigint, 0))
        )
      else '{}' end
      || case when moved ->> 'largest' is not null then
        jsonb_build_object('missing', private.added_missing(i.facts -> 'missing', moved))
      else '{}' end
  where i.id = note_moved.import_id and i.user_id = auth.uid()
$$;

-- Settles the next of the days that wait for it, all of one series. The result is that of `settle`, with how many days
-- remain, and which imports were found to be of another account; `bound_series`: the series that was just asked for these.
-- With `after_day`: in the order of days, those after it.
create or replace function private.settle_next(bound_series text default null, after_day date default null) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  next_series text := (select u.series from public.unsettled_days u where u.user_id = me order by u.series limit 1);
  rebound uuid[] := '{}';
  days date[];
  days_left date[];
  moved jsonb;
begin
  if next_series is null then
    return jsonb_build_object(
      'inserted', 0, 'updated', 0, 'replaced', 0, 'edits_lost', 0, 'rebound', '[]'::jsonb, 'remaining', 0
    );
  end if;
  if next_series is distinct from bound_series then
    rebound := private.bind_imports(next_series);
  end if;
  days := array(
    select d.day
    from (
      select w.day, sum(w.rows) over (order by w.day) - w.rows as rows_before
      from (
        select u.day, coalesce(sum(s.rows), 0) as rows
        from public.unsettled_days u
        left join public.sheets s on s.user_id = me and s.series = u.series and s.day = u.day
        where u.user_id = me and u.series = next_series
        group by u.day
      ) w
    ) d
    where d.rows_before < private.most_settled_rows()
  );
  days := private.days_in_one(next_series, days);
  moved := private.settle(next_series, days, after_day);
  days_left := array(select d::date from jsonb_array_elements_text(moved -> 'days_left') d);
  delete from public.unsettled_days u
  where u.user_id = me and u.series = next_series and u.day = any (days) and u.day <> all (days_left);
  insert into public.unsettled_days (user_id, series, day)
  select me, next_series, d from unnest(days_left) d
  on conflict do nothing;
  return moved || jsonb_build_object(
    'rebound', to_jsonb(rebound),
    'remaining', (select count(*) from public.unsettled_days u where u.user_id = me)
  );
end
$$;

revoke all on function
  private.owner_of, private.key_in, private.home_of, private.move_edits, private.last_edits, private.edited,
  private.record_mark, private.count_joined, private.hide_rows, private.show_rows,
  private.days_in_one, private.next_moves, private.settle, private.forget_days, private.note_moved, private.added_missing,
  private.most_settled_rows, private.settle_next
  from public;
grant execute on function
  private.owner_of, private.key_in, private.home_of, private.move_edits, private.last_edits, private.edited,
  private.record_mark, private.count_joined, private.hide_rows, private.show_rows,
  private.days_in_one, private.next_moves, private.settle, private.forget_days, private.note_moved, private.added_missing,
  private.most_settled_rows, private.settle_next
  to authenticated, service_role;
