-- Undoes an import: what it attests goes, and its days are settled again. And what an import or an undo would come to.

-- Takes away what an import attests, and notes its days. Returns how many records have the estimates of before again.
create or replace function private.take_out(undone public.imports) returns bigint
language plpgsql
set search_path = ''
as $$
declare
  me uuid := private.require_user();
begin
  if undone.status = 'undone' then
    perform private.refuse(
      'import_undone',
      format('The import %s was undone already, on %s.', left(undone.id::text, 8), undone.undone_at::date),
      'Import the file again, or collect these days again, to get its records back: aicost sync --since DATE'
    );
  end if;
  insert into public.unsettled_days (user_id, series, day)
  select distinct me, s.series, s.day
  from public.sheets s
  left join public.attestations a on a.user_id = me and a.import_id = undone.id and a.sheet_id = s.id
  where s.user_id = me and s.series = any (array(select unnest(private.series_in(undone.id))))
    and (
      a.sheet_id is not null
      or (undone.is_replace and s.day <= undone.last_day and s.last_day >= undone.first_day)
    )
  on conflict do nothing;
  delete from public.attestations a where a.user_id = me and a.import_id = undone.id;
  update public.imports i set status = 'undone', undone_at = clock_timestamp(), bound = '{}', source = null
  where i.user_id = me and i.id = undone.id;
  return private.take_estimates_back(undone);
end
$$;

-- What an undo has moved, in the words of the API. `repriced`: records of which only the estimate is another one.
create or replace function private.undo_counts(moved jsonb, repriced bigint) returns jsonb
language sql immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'removed', moved -> 'replaced',
    'restored', (moved ->> 'inserted')::bigint + (moved ->> 'updated')::bigint + repriced,
    'edits_lost', moved -> 'edits_lost',
    'remaining', moved -> 'remaining'
  )
$$;

create or replace function public.undo_import(import_id text) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  undone public.imports;
  repriced bigint;
begin
  perform private.lock_imports();
  perform private.book_due();
  undone := private.find_import(import_id);
  repriced := private.take_out(undone);
  return private.undo_counts(private.settle_next(), repriced) || jsonb_build_object('id', undone.id);
end
$$;

-- What two calls of `settle_next` have moved.
create or replace function private.added_moved(first jsonb, next jsonb) returns jsonb
language sql immutable
set search_path = ''
as $$
  select next || jsonb_object_agg(n.name, (first ->> n.name)::bigint + (next ->> n.name)::bigint)
  from unnest(array['inserted', 'updated', 'replaced', 'edits_lost']) as n (name)
$$;

-- What an undo would come to on the next days after one, all days at first, and how much it would change the sum of all
-- charges. `through` is the last of these days. Changes nothing.
create or replace function public.preview_undo(import_id text, after_day date default null) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  undone public.imports;
  of_series text[];
  repriced bigint;
  moved jsonb;
  usd_before numeric := (select coalesce(sum(r.cost_usd), 0) from public.cost_records r where r.user_id = me);
  usd_after numeric;
begin
  perform private.lock_imports();
  undone := private.find_import(preview_undo.import_id);
  of_series := private.series_in(undone.id);
  begin
    repriced := private.take_out(undone);
    perform private.bind_imports(n) from unnest(of_series) n;
    insert into public.unsettled_days (user_id, series, day)
    select me, u.series, d.day
    from (
      select u.series, array_agg(u.day) as days
      from public.unsettled_days u
      where u.user_id = me and u.series = any (of_series)
      group by u.series
    ) u
    cross join lateral unnest(private.days_in_one(u.series, u.days)) as d (day)
    on conflict do nothing;
    delete from public.unsettled_days u where u.user_id = me and (u.series <> all (of_series) or u.day <= after_day);
    moved := private.settle_next(
      case when cardinality(of_series) = 1 then undone.series end,
      case when cardinality(of_series) = 1 then coalesce(after_day, '-infinity') end
    );
    -- Days come in order of their series, so that those of several ones are all settled at once.
    while cardinality(of_series) > 1 and (moved ->> 'remaining')::bigint > 0 loop
      moved := private.added_moved(moved, private.settle_next());
    end loop;
    usd_after := (select coalesce(sum(r.cost_usd), 0) from public.cost_records r where r.user_id = me);
    raise exception using errcode = 'ACDRY';
  exception when sqlstate 'ACDRY' then
    return private.undo_counts(moved, case when after_day is null then repriced else 0 end) || jsonb_build_object(
      'id', undone.id,
      'through', moved -> 'through',
      'usd_before', trim_scale(usd_before)::text,
      'usd_change', trim_scale(usd_after - usd_before)::text
    );
  end;
end
$$;

-- What would become of the sheets of an import: `in` it counts already; `new` nothing else is there; `wins` it counts
-- instead of others; `joins` its rows count beside those of others; `loses`. How many records would no longer count, and
-- which imports count instead of the sheets that lose.
create or replace function private.preview(begun jsonb, given public.sheets[]) returns jsonb
language sql stable
set search_path = ''
as $$
  with days as materialized (
    select g.series, private.days_in_one(g.series, array_agg(distinct g.day)) as days from unnest(given) g group by g.series
  ),
  chosen as materialized (
    select c.* from days d cross join lateral private.choose_sheets(d.series, d.days) c
  ),
  others as materialized (
    select s.*
    from days d
    join public.sheets s on s.user_id = auth.uid() and s.series = d.series and s.day = any (d.days) and s.counts
    where s.id not in (select g.id from unnest(given) g)
  )
  select jsonb_build_object(
    'is_known', begun -> 'is_known',
    'import', begun -> 'import',
    'fates', coalesce(
      (
        select jsonb_agg(
          case
            when c.sheet_id is null then 'loses'
            when begun -> 'wanted' ->> (g.place - 1)::int is null and s.counts is not false then 'in'
            when c.is_joined then 'joins'
            when exists (
              select from others o
              where o.series = s.series and o.day <= s.last_day and o.last_day >= s.day and o.counts_for is not distinct from c.counts_for
            ) then 'wins'
            else 'new'
          end
          order by g.place
        )
        from (select u.id, u.ordinality as place from unnest(given) with ordinality u) g
        left join public.sheets s on s.user_id = auth.uid() and s.id = g.id
        left join chosen c on c.sheet_id = g.id
      ),
      '[]'
    ),
    'leaving', (
      select coalesce(sum(o.counted_rows), 0) from others o where o.id not in (select c.sheet_id from chosen c)
    ),
    'covered_by', (
      select jsonb_agg(distinct o.source_name)
      from public.imports here
      cross join unnest(given) g
      join chosen c on c.counts_for is not distinct from coalesce(g.account, here.bound ->> g.series)
      join public.sheets w on w.user_id = here.user_id and w.id = c.sheet_id
        and w.series = g.series and w.day <= g.last_day and w.last_day >= g.day
        and (w.project is not distinct from g.project or w.project is null or g.project is null)
        and private.source_of(w) is not distinct from here.source
      join public.attestations a on a.user_id = here.user_id and a.sheet_id = w.id
      join public.imports o on o.user_id = here.user_id and o.id = a.import_id and o.id <> here.id
      where here.user_id = auth.uid() and here.id = (begun ->> 'id')::uuid
        and g.id not in (select c.sheet_id from chosen c)
    )
  )
$$;

create or replace function public.preview_import(import jsonb, sheets jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  me uuid := private.require_user();
  head public.imports := jsonb_populate_record(null::public.imports, import);
  here public.imports;
  given public.sheets[];
  begun jsonb;
  answer jsonb;
begin
  begin
    begun := public.begin_import(import, sheets);
    given := array(select g.sheet from private.given_sheets(head, sheets) g order by g.place);
    update public.sheets s set is_whole = true where s.user_id = me and s.id in (select g.id from unnest(given) g);
    update public.imports i set status = 'done' where i.user_id = me and i.id = (begun ->> 'id')::uuid;
    perform private.bind_imports(n) from unnest(private.series_in((begun ->> 'id')::uuid)) n;
    select i.* into here from public.imports i where i.user_id = me and i.id = (begun ->> 'id')::uuid;
    answer := private.preview(begun, given);
    answer := answer - 'covered_by' || jsonb_build_object('facts', case when here.id is null then '{}' else
      private.first_facts(here) || jsonb_strip_nulls(jsonb_build_object('covered_by', answer -> 'covered_by'))
    end);
    raise exception using errcode = 'ACDRY';
  exception when sqlstate 'ACDRY' then
    return answer;
  end;
end
$$;

-- Imports a file whose rows are all given. `numbers` are the places among `sheets` of those that the rows name by their
-- place among `numbers`.
create or replace function private.carry_out(import jsonb, sheets jsonb, numbers int[], rows text) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  begun jsonb := public.begin_import(import, sheets);
  begun_id uuid := begun ->> 'id';
  ids uuid[];
  progress jsonb;
begin
  if begun_id is not null and (not (begun ->> 'is_known')::boolean or (import ->> 'is_replace')::boolean) then
    ids := array(
      select (begun -> 'wanted' ->> n.number)::uuid
      from unnest(numbers) with ordinality as n (number, place)
      order by n.place
    );
    perform public.add_rows(begun_id, ids, w.rows)
    from (
      select string_agg(r.line, chr(10)) as rows
      from unnest(string_to_array(carry_out.rows, chr(10))) as r (line)
      where ids[split_part(r.line, chr(9), 1)::int + 1] is not null
    ) w
    where w.rows is not null;
    progress := public.finish_import(begun_id);
    while (progress ->> 'remaining')::bigint > 0 loop
      progress := public.settle_days(begun_id);
    end loop;
  end if;
  return jsonb_build_object(
    'is_known', begun -> 'is_known', 'import', coalesce(progress -> 'import', begun -> 'import')
  );
end
$$;

-- Imports files whose rows are all given, one after the other, and takes them back: what the imports would say, exactly.
create or replace function public.try_imports(files jsonb, providers text[] default '{}') returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  file jsonb;
  answers jsonb := '[]';
begin
  begin
    perform public.add_provider(p.name, p.name) from unnest(providers) as p (name);
    for file in select f.value from jsonb_array_elements(files) with ordinality f order by f.ordinality loop
      answers := answers || private.carry_out(
        file -> 'import',
        file -> 'sheets',
        array(
          select n.value::int
          from jsonb_array_elements_text(file -> 'numbers') with ordinality n
          order by n.ordinality
        ),
        file ->> 'rows'
      );
    end loop;
    raise exception using errcode = 'ACDRY';
  exception when sqlstate 'ACDRY' then
    return answers;
  end;
end
$$;

-- By what rows of one key are compared: the fuller one counts.
create or replace function private.fullness(r public.cost_records) returns numeric[]
language sql immutable
set search_path = ''
as $$
  select array[
    greatest(r.cost_usd, 0), private.beside_of(r.estimated_cost_usd, r.topup_usd, r.metadata), coalesce(r.tokens_used, 0),
    coalesce(r.request_count, 0)
  ]
$$;

-- What rows would change, by their ids, against what counts now. If they join others, a row that is not fuller than the one
-- that counts does not take its place. Changes nothing.
create or replace function public.compare_rows(rows text, joins boolean default false) returns jsonb
language sql stable
set search_path = ''
as $$
  with given as materialized (
    -- As it would come in: with the estimate or the rate of the record that counts.
    select private.as_first(r, k) as n, k
    from private.read_rows('{}', '{}', rows) r
    left join public.cost_records k on k.id = r.id and k.timestamp = r.timestamp and k.user_id = r.user_id
  ),
  compared as (
    select
      (g.k).id is not null as is_known,
      exists (select from public.edits e where e.record_id = (g.n).id and e.user_id = (g.n).user_id) as is_edited,
      case when (g.k).id is not null then private.record_mark(g.k) = private.record_mark(g.n) end as is_equal,
      joins and private.fullness(g.n) < private.fullness(g.k) as is_less
    from given g
  )
  select jsonb_build_object(
    'inserted', count(*) filter (where not c.is_known and not c.is_edited),
    'updated', count(*) filter (where not c.is_equal and not c.is_less and not c.is_edited),
    'unchanged', count(*) filter (where c.is_equal and not c.is_edited),
    'covered', count(*) filter (where not c.is_equal and c.is_less and not c.is_edited),
    'kept_edits', count(*) filter (where c.is_edited)
  )
  from compared c
$$;

revoke all on function private.preview, private.take_out, private.undo_counts, private.added_moved, private.carry_out,
  private.fullness
  from public;
grant execute on function private.preview, private.take_out, private.undo_counts, private.added_moved, private.carry_out,
  private.fullness
  to authenticated, service_role;
revoke all on function
  public.undo_import, public.preview_undo, public.preview_import, public.try_imports, public.compare_rows
  from public, anon;
grant execute on function
  public.undo_import, public.preview_undo, public.preview_import, public.try_imports, public.compare_rows
  to authenticated, service_role;
