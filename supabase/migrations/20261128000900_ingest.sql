-- Takes imports: first what their sheets say, then the rows that are not here yet, then it is decided what counts.

-- Sheets as a client sends them, with their ids and their place in the list. Rows of a feed that stand for no whole day
-- are sheets of no feed: a later answer does not take their place.
create or replace function private.given_sheets(head public.imports, sheets jsonb)
returns table (place bigint, sheet public.sheets)
language sql stable
set search_path = ''
as $$
  select
    g.place,
    row(
      md5(concat_ws(
        chr(31), n.series, coalesce('=' || g.account, ''), coalesce('=' || g.project, ''), g.day,
        'to ' || nullif(g.last_day, g.day), g.detail, g.is_events, f.feed, g.hash, g.rows
      ))::uuid,
      auth.uid(), n.series, g.account, g.project, g.day, coalesce(g.last_day, g.day), g.detail, g.is_events, f.feed, g.hash, g.rows, g.gross,
      coalesce(g.beside, 0), g.cost_usd, g.tokens, g.requests, false, false, null, 0, 0, false, g.keys
    )::public.sheets
  from rows from (
    jsonb_to_recordset(sheets) as (
      series text, account text, project text, "day" date, last_day date, detail int, is_events boolean, hash text, rows bigint, gross numeric,
      beside numeric, cost_usd numeric, tokens numeric, requests numeric, keys int[]
    )
  ) with ordinality as g (
    series, account, project, day, last_day, detail, is_events, hash, rows, gross, beside, cost_usd, tokens, requests, keys, place
  )
  cross join lateral (select case when not g.is_events then head.feed end as feed) f
  cross join lateral (select coalesce(g.series, head.series) as series) n
$$;

-- Whether a sheet counts as soon as it is here, so that its rows go at once where they will stay: nothing else is known of
-- its day. The days of other sheets wait until their import is finished.
create or replace function private.counts_at_once(g public.sheets) returns boolean
language sql stable
set search_path = ''
as $$
  select
    not exists (
      select from public.sheets s
      where s.user_id = g.user_id and s.series = g.series and s.day between g.day and g.last_day
    )
    and not exists (
      select from public.sheets s
      where s.user_id = g.user_id and s.series = g.series and s.last_day > s.day and s.day < g.day and s.last_day >= g.day
    )
    and not exists (select from public.edits e where e.user_id = g.user_id and e.series = g.series and e.day = g.day)
    and not exists (
      select from public.imports i
      where i.user_id = g.user_id and i.is_replace and i.status <> 'undone' and g.series = any (private.series_in(i.id))
        and g.day <= i.last_day and g.last_day >= i.first_day
    )
    and (
      g.account is not null
      or not exists (
        select from public.sheets s where s.user_id = g.user_id and s.series = g.series and s.account is not null
      )
    )
$$;

-- Adds the sheets that are not here yet. With `only_single`, of several of a day none counts at once, nor does a bill of
-- several days.
create or replace function private.add_sheets(given public.sheets[], only_single boolean) returns void
language sql
set search_path = ''
as $$
  insert into public.sheets
  select
    g.id, g.user_id, g.series, g.account, g.project, g.day, g.last_day, g.detail, g.is_events, g.feed, g.hash, g.rows, g.gross,
    g.beside, g.cost_usd, g.tokens, g.requests, false, n.counts, case when n.counts then g.account end, 0, 0, false, g.keys
  from (select u as sheet, u.*, count(*) over (partition by u.series, u.day) as of_day from unnest(given) u) g
  cross join lateral (
    select
      (
        not only_single
        or (
          g.of_day = 1 and g.last_day = g.day
          and not exists (
            select from unnest(given) b where b.series = g.series and b.id <> g.id and g.day between b.day and b.last_day
          )
        )
      )
      and private.counts_at_once(g.sheet) as counts
  ) n
  where not exists (select from public.sheets s where s.id = g.id and s.user_id = g.user_id)
  on conflict do nothing
$$;

-- Refuses bytes that were imported in another reading: they would give other records beside the first ones.
create or replace function private.refuse_other_reading(head public.imports) returns void
language sql stable
set search_path = ''
as $$
  select private.refuse(
    'file_imported_otherwise',
    format(
      'This file was imported on %s %s.',
      other.created_at::date,
      case
        when other.account_given then format('with --account %s', other.account)
        when head.account_given then 'without --account'
        else format('in another way (%s)', other.format)
      end
    ),
    format('Undo that import first: aicost imports undo %s', left(other.id::text, 8))
  )
  from (
    select i.*, private.import_json(i) ->> 'account' as account
    from public.imports i
    where i.user_id = auth.uid() and i.sha256 = head.sha256 and i.reading <> head.reading and i.status <> 'undone'
    order by i.seq
    limit 1
  ) other
$$;

-- Refuses a file if an archive of an earlier version has records of such a file on the same days, because it does not say
-- which header that had: both would count. The file itself is known by its bytes.
create or replace function private.refuse_archived(head public.imports) returns void
language sql stable
set search_path = ''
as $$
  select private.refuse(
    'file_imported_otherwise',
    format('Days of this file are in the archive of an earlier version already (%s).', other.source_name),
    format('To count this file instead, undo that import first: aicost imports undo %s', left(other.id::text, 8))
  )
  from (
    select i.*
    from public.imports i
    where i.user_id = auth.uid() and i.series = 'archive/' || split_part(head.format, ':', 1) and i.status <> 'undone'
      and i.sha256 <> head.sha256 and i.first_day <= head.last_day and i.last_day >= head.first_day
    order by i.seq
    limit 1
  ) other
$$;

-- The days of a feed that are as its last answer said, whole: an import need not say so again.
create or replace function private.repeated_sheets(head public.imports, given public.sheets[]) returns uuid[]
language sql stable
set search_path = ''
as $$
  with said as materialized (
    select g.account, g.day, array_agg(g.id order by g.id) as sheets
    from unnest(given) g
    where g.feed is not null
    group by g.account, g.day
  ),
  answers as materialized (
    select
      s.account, s.day, array_agg(s.id order by s.id) as sheets,
      i.seq = max(i.seq) over (partition by s.account, s.day) as is_last
    from public.sheets s
    join public.attestations a on a.user_id = s.user_id and a.sheet_id = s.id
    join public.imports i on i.user_id = a.user_id and i.id = a.import_id and i.status = 'done'
    where s.user_id = (select auth.uid()) and s.series = head.series and s.feed = head.feed
      and s.day in (select d.day from said d)
    group by s.account, s.day, i.seq
  )
  select array(
    select unnest(d.sheets)
    from said d
    join answers l on l.is_last and l.day = d.day and l.account is not distinct from d.account and l.sheets = d.sheets
    union all
    select g.id
    from unnest(given) g
    join public.sheets s on s.user_id = (select auth.uid()) and s.id = g.id and s.is_whole
    where head.feed is not null and g.feed is null
  )
$$;

-- What an import that was cut short no longer says when it is resumed: a feed has another answer by then. Nobody would ever
-- send the rows of these sheets. Returns whether there were any.
create or replace function private.take_back(here public.imports, still_said uuid[]) returns boolean
language plpgsql
set search_path = ''
as $$
begin
  insert into public.unsettled_days (user_id, series, day)
  select distinct s.user_id, s.series, s.day
  from public.attestations a
  join public.sheets s on s.user_id = a.user_id and s.id = a.sheet_id
  where a.user_id = here.user_id and a.import_id = here.id and a.sheet_id <> all (still_said)
  on conflict do nothing;
  delete from public.attestations a
  where a.user_id = here.user_id and a.import_id = here.id and a.sheet_id <> all (still_said);
  return found;
end
$$;

-- Refuses what `begin_import` would refuse: of several files, before the first is written.
create or replace function public.check_import(import jsonb) returns void
language plpgsql stable
set search_path = ''
as $$
declare
  head public.imports := jsonb_populate_record(null::public.imports, import);
begin
  head.reading := coalesce(head.reading, '');
  perform private.refuse_other_reading(head);
  perform private.refuse_archived(head);
end
$$;

-- In which zone the moments of files of a series are read that name no offset: as those of the first one, so that a row of
-- two files is one. Null if there is none.
create or replace function public.zone_of_series(series text) returns text
language sql stable
set search_path = ''
as $$
  select i.zone
  from public.imports i
  where i.user_id = auth.uid() and i.series = zone_of_series.series and i.zone is not null and i.status <> 'undone'
  order by i.seq
  limit 1
$$;

-- Takes an import, or goes on with one that was cut short. A file that is in is left as it is, unless it is to replace
-- others and does not yet, or rows of it have gone (into the archive of a month). `remaining`: how many days are not settled
-- yet that an import said which is resumed, and no longer says.
create or replace function public.begin_import(import jsonb, sheets jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  head public.imports := jsonb_populate_record(null::public.imports, import);
  here public.imports;
  given public.sheets[];
  repeated uuid[];
  took_back boolean;
  remaining bigint := 0;
  new_seq bigint;
begin
  perform private.lock_imports();
  head.reading := coalesce(head.reading, '');
  perform public.check_import(import);
  given := array(select g.sheet from private.given_sheets(head, sheets) g order by g.place);
  repeated := private.repeated_sheets(head, given);
  -- A repeated day belongs to the import that told of it first: undoing that one takes it away.
  head.covers := private.covers_without(
    coalesce(head.covers, '{}'),
    (
      select coalesce(range_agg(daterange(g.day, g.day, '[]')), '{}')
      from unnest(given) g
      where g.feed is not null and g.id = any (repeated)
    )
  );
  new_seq := (select coalesce(max(i.seq), 0) + 1 from public.imports i where i.user_id = me);
  select i.* into here
  from public.imports i
  where i.user_id = me and i.sha256 = head.sha256 and i.reading = head.reading
    and (i.status = 'running' or (i.status = 'done' and head.feed is null))
  order by i.seq
  limit 1;

  if here.id is null and head.feed is not null and cardinality(repeated) = cardinality(given) then
    return jsonb_build_object('id', null, 'is_known', false, 'wanted', private.wanted_rows(given, repeated));
  elsif here.id is null then
    insert into public.imports (
      id, user_id, seq, source_name, format, reading, series, feed, sha256, is_replace, account_given, first_day, last_day,
      row_count, skipped, rejected, cost_usd, first_date, last_date, zone, names, covers
    )
    values (
      head.id, me, new_seq, head.source_name, head.format, head.reading, head.series, head.feed, head.sha256,
      coalesce(head.is_replace, false), coalesce(head.account_given, false), head.first_day, head.last_day,
      coalesce(head.row_count, 0), coalesce(head.skipped, 0), coalesce(head.rejected, 0), coalesce(head.cost_usd, 0),
      head.first_date, head.last_date, head.zone, coalesce(head.names, '{}'), head.covers
    )
    returning * into here;
  elsif here.status = 'done' then
    if private.is_whole_import(here, given)
      and (head.is_replace is not true or (here.is_replace and private.is_last_of_series(here))) then
      return jsonb_build_object(
        'id', here.id, 'is_known', true, 'wanted', private.wanted_rows(given, repeated), 'import', private.known_json(here)
      );
    end if;
    update public.imports i set
      status = 'running', inserted = 0, updated = 0, replaced = 0, facts = '{}',
      is_replace = i.is_replace or head.is_replace is true,
      seq = case when head.is_replace then new_seq else i.seq end
    where i.user_id = me and i.id = here.id;
  end if;
  -- A run of a feed may say something else by now; an archive of an earlier version did not know what the file says.
  update public.imports i set
    -- A scan that is resumed knows those that were made since it was cut short.
    seq = case when private.is_scanned(head.series) then new_seq else i.seq end,
    series = head.series, first_day = head.first_day, last_day = head.last_day, row_count = coalesce(head.row_count, 0),
    skipped = coalesce(head.skipped, 0), rejected = coalesce(head.rejected, 0), cost_usd = coalesce(head.cost_usd, 0),
    first_date = head.first_date, last_date = head.last_date, names = coalesce(head.names, '{}'), covers = head.covers
  where i.user_id = me and i.id = here.id and i.seq <> new_seq;
  took_back := private.take_back(here, array(select g.id from unnest(given) g where g.id <> all (repeated)));

  perform private.add_sheets(array(select g from unnest(given) g where g.id <> all (repeated)), false);
  insert into public.attestations (import_id, sheet_id, user_id)
  select here.id, g.id, me from unnest(given) g where g.id <> all (repeated)
  on conflict do nothing;
  -- What a reopened file takes back is settled when it is finished, so that its days stay whole until then.
  if took_back and here.status = 'running' then
    remaining := (private.settle_next() ->> 'remaining')::bigint;
  end if;
  return jsonb_build_object(
    'id', here.id, 'is_known', false, 'wanted', private.wanted_rows(given, repeated), 'remaining', remaining
  );
end
$$;

-- For each sheet its id if its rows are not all here, else null.
create or replace function private.wanted_rows(given public.sheets[], repeated uuid[]) returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(case when s.is_whole is not true and g.id <> all (repeated) then g.id end order by g.place), '[]'
  )
  from (select u.id, u.ordinality as place from unnest(given) with ordinality u) g
  left join public.sheets s on s.user_id = auth.uid() and s.id = g.id
$$;

-- Whether all that an import says is here.
create or replace function private.is_whole_import(here public.imports, given public.sheets[]) returns boolean
language sql stable
set search_path = ''
as $$
  select not exists (
    select
    from unnest(given) g
    left join public.attestations a on a.user_id = here.user_id and a.import_id = here.id and a.sheet_id = g.id
    left join public.sheets s on s.user_id = here.user_id and s.id = g.id
    where a.sheet_id is null or not s.is_whole
  )
$$;

create or replace function private.is_last_of_series(here public.imports) returns boolean
language sql stable
set search_path = ''
as $$
  select not exists (
    select from public.imports i
    where i.user_id = here.user_id and i.seq > here.seq and i.status <> 'undone'
      and (i.series = here.series or private.series_in(i.id) && private.series_in(here.id))
  )
$$;

-- A field as `src/lib/record/sent-rows.ts` writes it.
create or replace function private.unescaped(field text) returns text
language sql immutable
as $$
  select case
    when strpos(field, '\') = 0 then field
    else replace(
      replace(replace(replace(replace(field, '\\', '\0'), '\t', chr(9)), '\n', chr(10)), '\r', chr(13)), '\0', '\'
    )
  end
$$;

-- Rows as text (see `src/lib/record/sent-rows.ts`) as records of the signed-in user. Each names its sheet by its place.
create or replace function private.read_rows(sheets uuid[], accounts text[], rows text) returns setof public.cost_records
language sql stable
set search_path = ''
as $$
  -- Materialized, so that each line is taken apart once, and each provider looked up once.
  with lines as materialized (
    select string_to_array(l.line, chr(9), '\N') as f
    from unnest(string_to_array(rows, chr(10))) as l (line)
    where l.line <> ''
  ),
  named as materialized (
    select n.name, private.provider_id(n.name) as id from (select distinct f[3] as name from lines) n
  )
  select
    l.f[2]::uuid, (select auth.uid()), n.id, l.f[4]::timestamptz, l.f[5], l.f[6], private.unescaped(l.f[7]),
    l.f[8]::numeric(18, 10), l.f[9]::numeric(18, 10), l.f[10]::numeric(18, 10), l.f[11]::bigint, l.f[12]::bigint,
    l.f[13]::bigint, l.f[14]::bigint, l.f[15]::bigint, l.f[16]::bigint, l.f[17], sheets[l.f[1]::int + 1],
    accounts[l.f[1]::int + 1], private.unescaped(l.f[18]), private.unescaped(l.f[19]), private.unescaped(l.f[20]),
    private.unescaped(l.f[21]), private.unescaped(l.f[22])::jsonb, l.f[23]::uuid[], l.f[24]
  from lines l
  join named n on n.name = l.f[3]
$$;

-- Those of the sheets whose rows go to cost_records as they are; those of others go to layer_rows.
create or replace function private.counting_sheets(sheet_ids uuid[]) returns uuid[]
language sql stable
set search_path = ''
as $$
  select coalesce(array_agg(s.id), '{}')
  from public.sheets s
  where s.user_id = auth.uid() and s.id = any (sheet_ids) and s.counts and (s.account is not null or s.counts_for is null)
    -- A row that the user has changed or removed meanwhile.
    and not exists (select from public.edits e where e.user_id = s.user_id and e.series = s.series and e.day = s.day)
$$;

-- Whether a row of one of these sheets is in cost_records.
create or replace function private.is_counted(r public.cost_records, counted uuid[]) returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
  return r.sheet_id = any (counted) and exists (
    select from public.cost_records c
    where c.id = r.id and c.timestamp = r.timestamp and c.user_id = r.user_id and c.sheet_id = r.sheet_id
  );
end
$$;

-- Refuses what foreign keys and policies would refuse of rows that the signed-in user writes. All of them name the same few
-- users and providers, so each is asked for once, and stays until the transaction ends.
create or replace function private.require_owned(rows public.cost_records[]) returns void
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  named uuid[] := array(select distinct r.provider_id from unnest(rows) r);
  found_providers bigint;
begin
  if exists (select from unnest(rows) r where r.user_id is distinct from me) then
    raise insufficient_privilege using message = 'These rows are of another user.';
  end if;
  perform from public.providers p where p.id = any (named) and (p.owner_id is null or p.owner_id = me) for key share;
  get diagnostics found_providers = row_count;
  if found_providers < cardinality(named) then
    raise foreign_key_violation using message = 'There is no such provider.';
  end if;
end
$$;

-- What a row states that prices or rates make dollars of: tokens without money, or an amount in another currency; else null.
create or replace function private.statement_of(r public.cost_records) returns text
language sql immutable
set search_path = ''
as $$
  select case
    when r.metadata ? 'price' or r.metadata ->> 'cost_basis' = 'none' then
      array[r.input_tokens, r.output_tokens, r.cache_read_tokens, r.cache_write_tokens, r.request_count]::text
    when r.metadata ? 'original' then
      concat_ws(' ', r.kind, r.metadata #>> '{original,currency}', r.metadata #>> '{original,amount}')
  end
$$;

-- A row with the estimate, or at the rate, with which it came in before as `first`, if that states the same.
create or replace function private.as_first(r public.cost_records, first public.cost_records) returns public.cost_records
language plpgsql immutable
set search_path = ''
as $$
begin
  if private.statement_of(first) is distinct from private.statement_of(r) then
    return r;
  elsif first.metadata ? 'price' then
    r.estimated_cost_usd := first.estimated_cost_usd;
    r.metadata := r.metadata - array['price_note', 'repriced'] || (
      select jsonb_object_agg(m.key, m.value)
      from jsonb_each(first.metadata) m
      where m.key in ('cost_basis', 'price', 'price_note', 'repriced')
    );
  elsif first.metadata ? 'original' then
    r.cost_usd := first.cost_usd;
    r.topup_usd := first.topup_usd;
    r.estimated_cost_usd := first.estimated_cost_usd;
    r.metadata := r.metadata || jsonb_build_object('original', first.metadata -> 'original');
  end if;
  return r;
end
$$;

-- The other sheets that speak of the days of these ones.
create or replace function private.sheets_of_days(sheet_ids uuid[]) returns uuid[]
language sql stable
set search_path = ''
as $$
  select array(
    select distinct o.id
    from public.sheets s
    join public.sheets o on o.user_id = s.user_id and o.series = s.series and o.day = s.day
    where s.user_id = auth.uid() and s.id = any (sheet_ids) and o.id <> all (sheet_ids)
  )
$$;

-- Rows of sheets as they first came in (see `as_first`): what another sheet of their day has already keeps its estimate and
-- its rate, for as long as any import has the row. What nobody but the import itself says of the day has other rows.
create or replace function private.as_first_here(rows public.cost_records[], sheet_ids uuid[], of_import uuid)
returns public.cost_records[]
language plpgsql stable
set search_path = ''
as $$
declare
  beside uuid[] := array(
    select distinct a.sheet_id
    from public.attestations a
    where a.user_id = auth.uid() and a.sheet_id = any (private.sheets_of_days(sheet_ids))
      and a.import_id is distinct from of_import
  );
begin
  if cardinality(beside) = 0 then
    return rows;
  end if;
  return array(
    with first as materialized (
      select distinct on (o.id, n.statement) o.id, n.statement, o as record
      from private.original_rows(beside) o
      cross join lateral (select private.statement_of(o) as statement) n
      where o.metadata ?| array['price', 'original']
    )
    select case when f.id is null then r else private.as_first(r, f.record) end
    from unnest(rows) r
    left join first f on f.id = r.id and f.statement = private.statement_of(r)
  );
end
$$;

-- Puts rows of sheets where they belong: those of `counting` sheets into cost_records, those of the others into layer_rows,
-- unless they count already from one of `counted`. What is there stays as it is.
create or replace function private.write_rows(
  rows public.cost_records[], sheet_ids uuid[], counting uuid[], counted uuid[]
) returns void
language plpgsql
set search_path = ''
as $$
begin
  if cardinality(counting) > 0 then
    begin
      insert into public.cost_records
      select r.* from unnest(rows) r where r.sheet_id = any (counting);
    exception when unique_violation then
      -- Some came before, which is seldom: to look out for them costs an eighth more.
      insert into public.cost_records
      select r.* from unnest(rows) r where r.sheet_id = any (counting)
      on conflict do nothing;
    end;
  end if;
  if cardinality(counting) < cardinality(sheet_ids) then
    insert into public.layer_rows
    select r.* from unnest(rows) r where r.sheet_id <> all (counting) and not private.is_counted(r, counted)
    on conflict do nothing;
  end if;
end
$$;

-- The same without the checks of foreign keys, which ask for each row (see below). Only for the schema's owner.
create or replace function private.write_many_rows(
  rows public.cost_records[], sheet_ids uuid[], counting uuid[], counted uuid[]
) returns void
language plpgsql
set search_path = ''
as $$
begin
  if current_setting('session_replication_role') = 'replica' then
    perform from auth.users u where u.id = auth.uid() for key share;
    if not found then
      raise foreign_key_violation using message = 'There is no such user.';
    end if;
  end if;
  perform private.write_rows(rows, sheet_ids, counting, counted);
end
$$;

-- A project that is not the user's own server may refuse this: then foreign keys are checked row by row there.
do $$
begin
  alter function private.write_many_rows set session_replication_role = replica;
exception when insufficient_privilege then
  null;
end
$$;

-- Puts rows of sheets where they belong (see `write_rows`), those of sheets that count into cost_records. Records that a
-- spreadsheet's copy of the records brought (archive/records-csv.ts) make way for them. The schema's owner writes them.
-- `of_import` is set if one import brings them all.
create or replace function private.put_rows(rows public.cost_records[], sheet_ids uuid[], of_import uuid default null)
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  me uuid := private.require_user();
  counting uuid[] := private.counting_sheets(sheet_ids);
  -- Sheets of which some rows went to cost_records before the user edited one of that day.
  counted uuid[] := array(
    select s.id from public.sheets s where s.user_id = me and s.id = any (sheet_ids) and s.counts and s.id <> all (counting)
  );
begin
  perform private.require_owned(rows);
  rows := private.as_first_here(rows, sheet_ids, of_import);
  if exists (
    select from public.cost_records r where r.user_id = me and r.sheet_id is null and r.collection_method <> 'manual_entry'
  ) then
    delete from public.cost_records r
    where r.user_id = me and r.sheet_id is null and r.collection_method <> 'manual_entry'
      and r.id in (select n.id from unnest(rows) n);
  end if;
  -- PostgreSQL forgets the plans of all statements when these checks are turned off, and when they are back. To plan
  -- them again takes longer than to check a few rows.
  if cardinality(rows) < 500 then
    perform private.write_rows(rows, sheet_ids, counting, counted);
  else
    perform private.write_many_rows(rows, sheet_ids, counting, counted);
  end if;
end
$$;

-- Takes rows that `begin_import` wanted. What is there stays as it is.
create or replace function public.add_rows(import_id uuid, sheets uuid[], rows text) returns void
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  accounts text[];
begin
  -- Partitions first: attaching one takes locks for which it must not wait while it holds those of an import.
  perform private.add_month(m.month)
  from (
    select distinct date_trunc('month', s.day)::date as month
    from public.sheets s
    where s.user_id = me and s.id = any (sheets)
  ) m;
  perform private.lock_imports();
  perform private.running_import(import_id);
  accounts := array(
    select s.account
    from unnest(sheets) with ordinality as g (id, place)
    left join public.sheets s on s.user_id = me and s.id = g.id
    order by g.place
  );
  perform private.put_rows(array(select r from private.read_rows(sheets, accounts, rows) r), sheets, import_id);
end
$$;

-- The import of the signed-in user with that id, unless it was undone.
create or replace function private.running_import(import_id uuid) returns public.imports
language plpgsql stable
set search_path = ''
as $$
declare
  here public.imports := private.find_import(import_id::text);
begin
  if here.status = 'undone' then
    perform private.refuse(
      'import_undone',
      format('The import %s was undone meanwhile.', left(here.id::text, 8)),
      'Import the file again to get its records back.'
    );
  end if;
  return here;
end
$$;

-- How many rows of a sheet are here, in whatever form. One that counts in another form is in layer_rows too.
create or replace function private.count_rows(s public.sheets) returns bigint
language sql stable
set search_path = ''
as $$
  select
    case when s.account is not null or s.counts_for is null then (
      select count(*)
      from public.cost_records r
      where r.sheet_id = s.id and r.user_id = s.user_id and not r.metadata ? 'edited_at'
        -- Says nothing new, but leaves out partitions.
        and r.timestamp >= s.day::timestamp at time zone 'UTC' and r.timestamp < (s.day + 1)::timestamp at time zone 'UTC'
    ) else 0 end
    + (select count(*) from public.layer_rows l where l.sheet_id = s.id and l.user_id = s.user_id)
$$;

-- Corrects the sums of sheets with amounts in other currencies that kept the rates with which another import has them.
create or replace function private.sum_again(sheet_ids uuid[]) returns void
language plpgsql
set search_path = ''
as $$
declare
  -- On their days several imports say something.
  shared uuid[] := array(
    select s.id
    from public.sheets s
    join (
      select o.series, o.day
      from public.sheets o
      join public.attestations a on a.user_id = o.user_id and a.sheet_id = o.id
      where o.user_id = auth.uid()
        and (o.series, o.day) in (
          select d.series, d.day from public.sheets d where d.user_id = auth.uid() and d.id = any (sheet_ids)
        )
      group by o.series, o.day
      having count(distinct a.import_id) > 1
    ) several on several.series = s.series and several.day = s.day
    where s.user_id = auth.uid() and s.id = any (sheet_ids)
  );
begin
  if cardinality(shared) = 0 then
    return;
  end if;
  update public.sheets s set gross = n.gross, beside = n.beside, cost_usd = n.cost_usd
  from (
    select
      r.sheet_id, sum(greatest(r.cost_usd, 0)) as gross, sum(r.cost_usd) as cost_usd,
      sum(private.beside_of(r.estimated_cost_usd, r.topup_usd, r.metadata)) as beside
    from private.original_rows(shared) r
    group by r.sheet_id
    having bool_or(r.metadata ? 'original')
  ) n
  where s.user_id = auth.uid() and s.id = n.sheet_id;
end
$$;

-- Marks the sheets whose rows are all here. Returns the ids of those that miss some.
create or replace function private.mark_whole(sheet_ids uuid[]) returns uuid[]
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  open uuid[] := array(
    select s.id from public.sheets s where s.user_id = me and s.id = any (sheet_ids) and not s.is_whole
  );
begin
  perform private.sum_again(open);
  update public.sheets s set
    is_whole = true,
    counted_rows = case when n.counts then s.rows else 0 end,
    counted_usd = case when n.counts then s.cost_usd else 0 end
  from public.sheets w
  -- If the user has edited something of the day meanwhile, rows wait in layer_rows.
  cross join lateral (
    select w.counts and not exists (
      select from public.edits e where e.user_id = me and e.series = w.series and e.day = w.day
    ) as counts
  ) n
  where s.user_id = me and s.id = w.id and w.user_id = me and w.id = any (open) and private.count_rows(w) = w.rows;
  return array(select s.id from public.sheets s where s.user_id = me and s.id = any (open) and not s.is_whole);
end
$$;

-- Notes the days of an import that are to be settled: of which others say something too, on which it does not count yet,
-- or not for whom it was found to be, or of which the user has edited something. If it replaces others, all of its days.
create or replace function private.note_days(here public.imports) returns void
language sql
set search_path = ''
as $$
  insert into public.unsettled_days (user_id, series, day)
  select distinct s.user_id, s.series, s.day
  from public.sheets s
  left join public.attestations a on a.user_id = s.user_id and a.import_id = here.id and a.sheet_id = s.id
  where s.user_id = auth.uid() and s.series = any (array(select unnest(private.series_in(here.id))))
    and (
      a.sheet_id is null or not s.counts or s.counted_rows <> s.rows
      or s.counts_for is distinct from coalesce(s.account, here.bound ->> s.series)
      or exists (select from public.edits e where e.user_id = s.user_id and e.series = s.series and e.day = s.day)
    )
    and (
      (s.series, s.day) in (
        select o.series, o.day
        from public.attestations own
        join public.sheets o on o.user_id = own.user_id and o.id = own.sheet_id
        where own.user_id = here.user_id and own.import_id = here.id
      )
      or (here.is_replace and s.day <= here.last_day and s.last_day >= here.first_day)
    )
  union
  -- Bills of several days, and what speaks of these days.
  select o.user_id, o.series, o.day
  from public.attestations own
  join public.sheets o on o.user_id = own.user_id and o.id = own.sheet_id and o.last_day > o.day
  where own.user_id = auth.uid() and own.import_id = here.id and exists (select from private.sheets_beside(o))
  union
  select o.user_id, o.series, o.day
  from public.sheets s
  join public.sheets o on o.user_id = s.user_id and o.series = s.series and o.day between s.day and s.last_day and o.id <> s.id
  join public.attestations own on own.user_id = o.user_id and own.sheet_id = o.id and own.import_id = here.id
  where s.user_id = auth.uid() and s.series = any (array(select unnest(private.series_in(here.id)))) and s.last_day > s.day
  on conflict do nothing
$$;

-- The days of which an import states less than counts before it is settled.
create or replace function private.lower_days(here public.imports) returns jsonb
language sql stable
set search_path = ''
as $$
  select case when count(*) > 0 and not here.is_replace then
    jsonb_build_object('lower', jsonb_build_object('days', count(*), 'usd', trim_scale(sum(other.gross - own.gross))::text))
  else '{}' end
  from (
    select
      coalesce(s.account, here.bound ->> s.series) as owner, s.series, s.day, s.last_day, sum(s.gross) as gross,
      bool_or(s.project is null) as all_projects,
      array_agg(s.project) as projects
    from public.attestations a
    join public.sheets s on s.user_id = a.user_id and s.id = a.sheet_id
    where a.user_id = here.user_id and a.import_id = here.id and not s.is_events
    group by 1, 2, 3, 4
  ) own
  cross join lateral (
    select sum(s.gross) as gross
    from public.sheets s
    where s.user_id = here.user_id and s.series = own.series and s.day = own.day and s.last_day = own.last_day
      and s.counts and not s.is_events
      and s.counts_for is not distinct from own.owner
      and (own.all_projects or s.project is null or s.project = any (own.projects))
      and private.source_of(s) is not distinct from here.source
  ) other
  where other.gross > own.gross
$$;

-- Of the sheets of an import that do not count: the imports that count there instead, and the charges that these have and
-- it lacks, although it looks as closely.
create or replace function private.hidden_facts(here public.imports) returns jsonb
language sql stable
set search_path = ''
as $$
  with own as materialized (
    select s.user_id, s.id
    from public.attestations a
    join public.sheets s on s.user_id = a.user_id and s.id = a.sheet_id and s.counted_rows < s.rows
    where a.user_id = here.user_id and a.import_id = here.id
  ),
  hidden as materialized (
    select s.*, c.id as other_id, c.detail = s.detail and c.day = s.day and not c.is_events as is_alike
    from own o
    join public.sheets s on s.user_id = o.user_id and s.id = o.id
    cross join lateral private.sheets_beside(s) c
    where c.counts
      and c.counts_for is not distinct from coalesce(s.account, here.bound ->> s.series)
      and (c.project is not distinct from s.project or c.project is null or s.project is null)
      and private.source_of(c) is not distinct from here.source
  ),
  lacking as materialized (
    select r.model_name, r.timestamp, r.cost_usd
    from hidden h
    join public.cost_records r on r.user_id = h.user_id and r.sheet_id = h.other_id
    where h.is_alike and r.cost_usd > 0
      and not exists (
        select from public.layer_rows l
        where l.user_id = h.user_id and l.sheet_id = h.id
          and r.id in (l.id, private.counted_id(l.id, h.account, coalesce(h.counts_for, here.bound ->> h.series)))
      )
  )
  select coalesce(
    (
      select jsonb_build_object('covered_by', jsonb_agg(distinct o.source_name))
      from hidden h
      join public.attestations a on a.user_id = h.user_id and a.sheet_id = h.other_id
      join public.imports o on o.user_id = a.user_id and o.id = a.import_id and o.id <> here.id
      having count(*) > 0
    ),
    '{}'
  ) || coalesce(
    (
      select jsonb_build_object('missing', jsonb_build_object(
        'rows', count(*),
        'usd', trim_scale(sum(l.cost_usd))::text,
        'largest', (
          array_agg(
            jsonb_build_object(
              'model', l.model_name, 'date', (l.timestamp at time zone 'UTC')::date, 'usd', trim_scale(l.cost_usd)::text
            )
            order by l.cost_usd desc, l.timestamp
          )
        )[1],
        'stay', true
      ))
      from lacking l
      having count(*) > 0
    ),
    '{}'
  )
$$;

-- The imports of another source that have days of this one, if it is the first of its source: they count beside it.
create or replace function private.beside_facts(here public.imports) returns jsonb
language sql stable
set search_path = ''
as $$
  select case when count(*) > 0 then jsonb_build_object('beside', jsonb_agg(distinct o.source_name)) else '{}' end
  from public.attestations a
  join public.sheets s on s.user_id = a.user_id and s.id = a.sheet_id
  join public.sheets c on c.user_id = s.user_id and c.series = s.series and c.day = s.day and c.id <> s.id
  join public.attestations ca on ca.user_id = c.user_id and ca.sheet_id = c.id
  join public.imports o on o.user_id = ca.user_id and o.id = ca.import_id and o.status = 'done' and o.source <> here.source
  where a.user_id = here.user_id and a.import_id = here.id and here.source = here.seq and not here.is_replace
    and coalesce(c.account, o.bound ->> c.series) is not distinct from coalesce(s.account, here.bound ->> s.series)
$$;

-- What is to be said of an import before its days are settled.
create or replace function private.first_facts(here public.imports) returns jsonb
language sql stable
set search_path = ''
as $$
  select private.lower_days(here) || private.beside_facts(here)
$$;

-- Edits by hand of days of an import whose rows no sheet that counts has, or only for others: they wait.
create or replace function private.waiting_edits(here public.imports) returns jsonb
language sql stable
set search_path = ''
as $$
  select case when count(*) > 0 then jsonb_build_object('waiting_edits', count(*)) else '{}' end
  from public.edits e
  where e.user_id = here.user_id
    and exists (
      select from public.attestations a
      join public.sheets s on s.user_id = a.user_id and s.id = a.sheet_id and s.series = e.series and s.day = e.day
      where a.user_id = here.user_id and a.import_id = here.id
    )
    and not exists (
      select from public.sheets s
      where s.user_id = e.user_id and s.series = e.series and s.day = e.day and s.counts
        and private.counted_id(private.key_in(s, e), s.account, s.counts_for) = e.record_id
    )
$$;

-- How many rows an import has, and how many of these do not count, or count as the user edited them; and why.
create or replace function private.standing_of(
  here public.imports, out rows bigint, out covered bigint, out kept_edits bigint, out facts jsonb
)
language sql stable
set search_path = ''
as $$
  with said as (
    select coalesce(sum(s.rows), 0) as rows, coalesce(sum(s.rows - s.counted_rows), 0) as covered
    from public.attestations a
    join public.sheets s on s.user_id = a.user_id and s.id = a.sheet_id
    where a.user_id = here.user_id and a.import_id = here.id
  ),
  edited as (
    select count(*) as rows
    from public.edits e
    where e.user_id = here.user_id
      and exists (
        select from public.attestations a
        join public.sheets s on s.user_id = a.user_id and s.id = a.sheet_id and s.series = e.series and s.day = e.day and s.counts
        where a.user_id = here.user_id and a.import_id = here.id
          and private.counted_id(private.key_in(s, e), s.account, s.counts_for) = e.record_id
      )
  )
  select s.rows, s.covered, e.rows, private.hidden_facts(here) || private.waiting_edits(here) from said s, edited e
$$;

-- Writes down what became of the rows of an import whose days are settled.
create or replace function private.conclude_import(here public.imports) returns void
language sql
set search_path = ''
as $$
  update public.imports i set
    covered = s.covered,
    kept_edits = s.kept_edits,
    unchanged = greatest(s.rows - s.covered - s.kept_edits - i.inserted - i.updated, 0),
    facts = i.facts || s.facts
  from private.standing_of(here) s
  where i.user_id = here.user_id and i.id = here.id
$$;

-- An import whose file comes again: it changes nothing, but what counts of it may have changed since.
create or replace function private.known_json(here public.imports) returns jsonb
language sql stable
set search_path = ''
as $$
  select private.import_json(here) || jsonb_build_object(
    'inserted', 0,
    'updated', 0,
    'replaced', 0,
    'unchanged', s.rows - s.covered - s.kept_edits,
    'covered', s.covered,
    'kept_edits', s.kept_edits,
    'facts', s.facts
  )
  from private.standing_of(here) s
$$;

-- The files that do not just count as they are: another file shows some of their days, or the user edited some of their
-- rows.
create or replace function private.partial_files() returns table (sha256 text, reading text)
language sql stable
set search_path = ''
as $$
  select distinct i.sha256, i.reading
  from public.sheets s
  join public.attestations a on a.sheet_id = s.id and a.user_id = s.user_id
  join public.imports i on i.id = a.import_id and i.user_id = a.user_id
  where not s.counts or s.counted_rows <> s.rows
    or exists (select from public.edits e where e.user_id = s.user_id and e.series = s.series and e.day = s.day)
$$;

-- The rates at which the amounts of an import in other currencies count: of each currency, US dollars for one unit.
create or replace function public.import_rates(import_id uuid) returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(c.currency, c.rates), '{}')
  from (
    select r.metadata #>> '{original,currency}' as currency, jsonb_agg(distinct r.metadata #> '{original,rate}') as rates
    from private.original_rows(
      array(select a.sheet_id from public.attestations a where a.import_id = import_rates.import_id and a.user_id = auth.uid())
    ) r
    where r.metadata ? 'original'
    group by 1
  ) c
$$;

-- Settles the next days (see `settle_next`), and notes in an import what that has moved.
create or replace function private.settle_for(here public.imports, bound_series text default null) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  moved jsonb := private.settle_next(bound_series);
begin
  if here.id is not null then
    perform private.note_moved(
      here.id, moved,
      (select count(*) from jsonb_array_elements_text(moved -> 'rebound') r where r <> here.id::text)
    );
    if (moved ->> 'remaining')::bigint = 0 then
      perform private.conclude_import(i) from public.imports i where i.user_id = here.user_id and i.id = here.id;
    end if;
  end if;
  return jsonb_build_object(
    'import', (
      select private.import_json(i) from public.imports i where i.user_id = here.user_id and i.id = here.id
    ),
    'remaining', moved -> 'remaining',
    'moved', jsonb_build_object(
      'inserted', moved -> 'inserted', 'updated', moved -> 'updated', 'replaced', moved -> 'replaced'
    )
  );
end
$$;

-- Closes an import whose rows are all here, and settles the first of its days. `after`: of a scan of an agent, the last one
-- that it knew of. It has nothing of what came in later, so it is refused if another scan was finished meanwhile.
create or replace function public.finish_import(import_id uuid, after bigint default null) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  here public.imports;
  own uuid[];
  rebound uuid[];
begin
  perform private.lock_imports();
  perform private.book_due();
  here := private.running_import(import_id);
  if here.status = 'running' then
    if exists (
      select from public.imports i
      where i.user_id = me and i.series = here.series and i.status = 'done' and i.seq > finish_import.after
    ) then
      perform private.refuse(
        'scanned_meanwhile', 'Another scan of the same agent was finished meanwhile.', 'Scan again: aicost scan'
      );
    end if;
    own := array(select a.sheet_id from public.attestations a where a.user_id = me and a.import_id = here.id);
    if cardinality(private.mark_whole(own)) > 0 then
      perform private.refuse(
        'import_incomplete', format('Rows of the import %s are missing.', left(here.id::text, 8)), 'Import the file again.'
      );
    end if;
    update public.imports i set
      status = 'done',
      inserted = (
        select coalesce(sum(s.rows), 0)
        from public.sheets s
        where s.user_id = me and s.id = any (own) and s.counts
          and not exists (
            select from public.attestations a where a.user_id = me and a.sheet_id = s.id and a.import_id <> here.id
          )
      )
    where i.user_id = me and i.id = here.id;
    rebound := array(
      select distinct b from unnest(private.series_in(here.id)) n, unnest(private.bind_imports(n)) b
    );
    select i.* into strict here from public.imports i where i.user_id = me and i.id = here.id;
    perform private.note_days(here);
    update public.imports i set
      facts = i.facts || private.first_facts(here) || case when cardinality(array_remove(rebound, here.id)) > 0 then
        jsonb_build_object('rebound', jsonb_build_object('imports', cardinality(array_remove(rebound, here.id))))
      else '{}' end
    where i.user_id = me and i.id = here.id;
    return private.settle_for(here, here.series);
  end if;
  return private.settle_for(here);
end
$$;

-- Settles the next days that wait for it; what that moves is noted in the import, if one is named.
create or replace function public.settle_days(import_id uuid) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  here public.imports;
begin
  perform private.lock_imports();
  if import_id is not null then
    here := private.running_import(import_id);
  end if;
  return private.settle_for(here);
end
$$;

revoke all on function
  private.given_sheets, private.counts_at_once, private.add_sheets, private.refuse_other_reading,
  private.refuse_archived, private.repeated_sheets, private.take_back, private.wanted_rows, private.is_whole_import,
  private.is_last_of_series, private.unescaped, private.read_rows, private.counting_sheets, private.is_counted,
  private.statement_of, private.as_first, private.sheets_of_days, private.as_first_here, private.require_owned, private.put_rows, private.running_import,
  private.write_rows, private.write_many_rows, private.count_rows, private.sum_again, private.mark_whole,
  private.note_days, private.lower_days, private.hidden_facts, private.beside_facts, private.first_facts,
  private.waiting_edits, private.standing_of, private.conclude_import, private.known_json, private.partial_files,
  private.settle_for
  from public;
grant execute on function
  private.given_sheets, private.counts_at_once, private.add_sheets, private.refuse_other_reading,
  private.refuse_archived, private.repeated_sheets, private.take_back, private.wanted_rows, private.is_whole_import,
  private.is_last_of_series, private.unescaped, private.read_rows, private.counting_sheets, private.is_counted,
  private.statement_of, private.as_first, private.sheets_of_days, private.as_first_here, private.require_owned, private.put_rows, private.running_import,
  private.count_rows, private.sum_again, private.mark_whole,
  private.note_days, private.lower_days, private.hidden_facts, private.beside_facts, private.first_facts,
  private.waiting_edits, private.standing_of, private.conclude_import, private.known_json, private.partial_files,
  private.settle_for
  to authenticated, service_role;
revoke all on function
  public.check_import, public.zone_of_series, public.import_rates, public.begin_import, public.add_rows,
  public.finish_import, public.settle_days
  from public, anon;
grant execute on function
  public.check_import, public.zone_of_series, public.import_rates, public.begin_import, public.add_rows,
  public.finish_import, public.settle_days
  to authenticated, service_role;
