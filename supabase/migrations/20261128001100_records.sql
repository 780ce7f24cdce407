-- Single records: manual entries, lists, corrections.

-- A record as its source has it.
create or replace function private.row_json(r public.cost_records, provider text) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', r.id,
    'provider', provider,
    'timestamp', to_jsonb(r.timestamp at time zone 'UTC') #>> '{}' || 'Z',
    'granularity', r.granularity,
    'kind', r.kind,
    'model_name', r.model_name,
    'cost_usd', trim_scale(r.cost_usd)::text,
    'estimated_cost_usd', trim_scale(r.estimated_cost_usd)::text,
    'topup_usd', trim_scale(r.topup_usd)::text,
    'tokens_used', r.tokens_used,
    'input_tokens', r.input_tokens,
    'output_tokens', r.output_tokens,
    'cache_read_tokens', r.cache_read_tokens,
    'cache_write_tokens', r.cache_write_tokens,
    'request_count', r.request_count,
    'collection_method', r.collection_method,
    'project', r.project,
    'api_key', r.api_key,
    'agent', r.agent,
    'session', r.session,
    'metadata', r.metadata
  )
$$;

-- The calls that a record sums up, if it does; else nothing.
create or replace function private.calls_json(r public.cost_records) returns jsonb
language sql immutable
set search_path = ''
as $$
  select case
    when r.calls is null then '{}'
    else jsonb_build_object('calls', r.calls, 'call_counts', r.call_counts)
  end
$$;

-- The first import that has a sheet.
create or replace function private.first_import(of_user uuid, of_sheet uuid) returns uuid
language sql stable
set search_path = ''
as $$
  select i.id
  from public.attestations a
  join public.imports i on i.user_id = a.user_id and i.id = a.import_id
  where a.user_id = of_user and a.sheet_id = of_sheet
  order by i.seq
  limit 1
$$;

-- A record with whose it is, and the first import that has it.
create or replace function private.record_json(r public.cost_records) returns jsonb
language sql stable
set search_path = ''
as $$
  select private.row_json(r, (select p.name from public.providers p where p.id = r.provider_id)) || jsonb_build_object(
    'account', r.account,
    'import_id', private.first_import(r.user_id, r.sheet_id)
  )
$$;

-- A name in small letters, in which nothing has a meaning for `like`.
create or replace function private.escaped_pattern(name text) returns text
language sql immutable
set search_path = ''
as $$
  select regexp_replace(lower(name), '([\\%_])', '\\\1', 'g')
$$;

-- What `like` takes for a part of a name, or for a glob of the whole name, in any case.
create or replace function private.name_pattern(name text) returns text
language sql immutable
set search_path = ''
as $$
  select case
    when strpos(name, '*') > 0 then replace(escaped, '*', '%')
    else '%' || escaped || '%'
  end
  from (select private.escaped_pattern(name) as escaped) e
$$;

-- Patterns for `like` of the accounts, projects, keys, agents or sessions of the signed-in user that have one of these names
-- or ids, in any case, or fit one of these globs; null if none is asked for.
create or replace function private.patterns_of(kind text, names jsonb) returns text[]
language sql stable
set search_path = ''
as $$
  with asked as (
    select replace(private.escaped_pattern(e.name), '*', '%') as pattern
    from jsonb_array_elements_text(names) e (name)
  )
  select array(
    select a.pattern from asked a
    union
    select private.escaped_pattern(n.key)
    from jsonb_each_text(public.list_names() -> kind) n
    join asked a on lower(n.value) like a.pattern
  )
  where names is not null
$$;

-- The one record of the signed-in user whose id starts with this prefix.
create or replace function private.find_record(id_prefix text) returns public.cost_records
language plpgsql stable
set search_path = ''
as $$
declare
  ids record := private.id_range(id_prefix);
  found public.cost_records[] := array(
    select r from public.cost_records r where r.id between ids.least_id and ids.greatest_id limit 2
  );
begin
  perform private.require_one(cardinality(found), 'record_not_found', 'record_ambiguous', 'record', id_prefix);
  return found[1];
end
$$;

create or replace function public.add_cost_record(record jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  added public.cost_records := jsonb_populate_record(null::public.cost_records, record);
begin
  added.user_id := private.require_user();
  added.provider_id := private.provider_id(record ->> 'provider');
  added.sheet_id := null;
  perform private.add_month(date_trunc('month', added.timestamp at time zone 'UTC')::date);
  insert into public.cost_records select added.*;
  perform private.book_due();
  return private.record_json(added);
end
$$;

create or replace function public.get_cost_record(record_id text) returns jsonb
language sql stable
set search_path = ''
as $$
  select private.record_json(private.find_record(record_id))
$$;

-- Records of the signed-in user, newest first. Filters: from, to (calendar dates in the user's time zone, ends
-- included), provider, model (a part of its name, or a glob), kind, method, account, project, api_key, agent, session (lists
-- of names, ids and globs), import_id (a prefix), sort (date; cost or tokens, the most first), reverse, max_rows, skip_rows.
-- What has no amount comes last.
create or replace function public.list_cost_records(filters jsonb) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
  zone text := coalesce((select p.timezone from public.user_preferences p where p.user_id = (select auth.uid())), 'UTC');
  first_day date := coalesce(filters ->> 'from', '-infinity');
  last_day date := coalesce(filters ->> 'to', 'infinity');
  wanted_provider uuid := case when filters ? 'provider' then private.provider_id(filters ->> 'provider') end;
  wanted_sheets uuid[] := case when filters ? 'import_id' then array(
    select a.sheet_id from public.attestations a where a.import_id = (private.find_import(filters ->> 'import_id')).id
  ) end;
  wanted_model text := private.name_pattern(filters ->> 'model');
  sort text := coalesce(filters ->> 'sort', 'date');
  sign int := case when coalesce((filters ->> 'reverse')::boolean, false) then -1 else 1 end;
  wanted_accounts text[] := private.patterns_of('account', filters -> 'account');
  wanted_projects text[] := private.patterns_of('project', filters -> 'project');
  wanted_keys text[] := private.patterns_of('api_key', filters -> 'api_key');
  wanted_agents text[] := private.patterns_of('agent', filters -> 'agent');
  wanted_sessions text[] := private.patterns_of('session', filters -> 'session');
begin
  return (
    -- Not materialized: the count needs no whole rows, and the page only its own.
    with matching as not materialized (
      select r.timestamp, r.id, r as record
      from public.cost_records r
      where r.timestamp >= (first_day - interval '1 day') at time zone 'UTC'
        and r.timestamp < (last_day + interval '2 days') at time zone 'UTC'
        and (
          not filters ?| array['from', 'to']
          or (r.timestamp at time zone case when r.granularity in ('day', 'month') then 'UTC' else zone end)::date
            between first_day and last_day
        )
        and (wanted_provider is null or r.provider_id = wanted_provider)
        and (wanted_sheets is null or r.sheet_id = any (wanted_sheets))
        and (not filters ? 'kind' or r.kind = filters ->> 'kind')
        and (not filters ? 'method' or r.collection_method = filters ->> 'method')
        and (wanted_model is null or lower(r.model_name) like wanted_model)
        and (wanted_accounts is null or lower(r.account) like any (wanted_accounts))
        and (wanted_projects is null or lower(r.project) like any (wanted_projects))
        and (wanted_keys is null or lower(r.api_key) like any (wanted_keys))
        and (wanted_agents is null or lower(r.agent) like any (wanted_agents))
        and (wanted_sessions is null or lower(r.session) like any (wanted_sessions))
    ), page as materialized (
      select
        m.*,
        (m.record).sheet_id as sheet_id,
        -- The order of dates is that of an index: both are null then.
        sign * case sort
          when 'tokens' then (m.record).tokens_used
          when 'cost' then
            case (m.record).metadata ->> 'cost_basis'
              when 'estimated' then (m.record).estimated_cost_usd
              else (m.record).cost_usd
            end
        end as amount,
        case when sort = 'date' and sign < 0 then m.timestamp end as oldest_first
      from matching m
      order by amount desc nulls last, oldest_first, timestamp desc, id
      limit (filters ->> 'max_rows')::bigint offset coalesce((filters ->> 'skip_rows')::bigint, 0)
    ),
    -- What `record_json` gives, without a function in a function: PostgreSQL plans the inner one again for each record.
    sheets as materialized (
      select s.sheet_id, private.first_import((select auth.uid()), s.sheet_id) as import_id
      from (select distinct p.sheet_id from page p) s
    )
    select jsonb_build_object(
      'total', (select count(*) from matching),
      'records', (
        select coalesce(
          jsonb_agg(
            private.row_json(p.record, (select n.name from public.providers n where n.id = (p.record).provider_id))
              || jsonb_build_object('account', (p.record).account, 'import_id', s.import_id)
            order by p.amount desc nulls last, p.oldest_first, p.timestamp desc, p.id
          ),
          '[]'
        )
        from page p
        left join sheets s using (sheet_id)
      )
    )
  );
end
$$;

-- Sees to it that layer_rows has an imported record as its source has it. Returns its id there.
create or replace function private.keep_row(r public.cost_records) returns uuid
language plpgsql
set search_path = ''
as $$
declare
  sheet public.sheets;
  key_id uuid := (select e.key_id from private.last_edits(array[r.id]) e);
begin
  if key_id is not null then
    return key_id;
  end if;
  select s.* into strict sheet from public.sheets s where s.user_id = r.user_id and s.id = r.sheet_id;
  if private.counted_id(r.id, sheet.account, sheet.counts_for) <> r.id then
    return (
      select l.id
      from public.layer_rows l
      where l.user_id = r.user_id and l.sheet_id = r.sheet_id
        and private.counted_id(l.id, sheet.account, sheet.counts_for) = r.id
    );
  end if;
  insert into public.layer_rows select r.* on conflict do nothing;
  return r.id;
end
$$;

-- Keeps what the user changed of an imported record, beside what was changed before; null if it is removed.
create or replace function private.keep_edit(r public.cost_records, changes jsonb, edited_at timestamptz) returns void
language sql
set search_path = ''
as $$
  with before as materialized (
    select e.id from private.last_edits(array[r.id]) e
  )
  insert into public.edits as e (id, user_id, sheet_id, key_id, record_id, series, day, changes, edited_at)
  select
    coalesce((select b.id from before b), gen_random_uuid()), r.user_id, s.id, private.keep_row(r), r.id, s.series, s.day,
    changes, edited_at
  from public.sheets s
  where s.user_id = r.user_id and s.id = r.sheet_id
  on conflict (id, user_id) do update set
    changes = e.changes || excluded.changes
      || jsonb_build_object('metadata', coalesce(e.changes -> 'metadata', '{}') || coalesce(excluded.changes -> 'metadata', '{}')),
    edited_at = excluded.edited_at
$$;

-- Corrects one record. What was changed of an imported record is kept apart, so that it stands over whatever import has the
-- record. In `metadata`, null removes a key.
create or replace function public.edit_cost_record(record_id text, changes jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  old public.cost_records := private.find_record(record_id);
  given jsonb := changes - array['id', 'user_id', 'sheet_id', 'collection_method', 'provider'];
  new public.cost_records;
begin
  if changes ? 'provider' then
    given := given || jsonb_build_object('provider_id', private.provider_id(changes ->> 'provider'));
  end if;
  new := jsonb_populate_record(old, given - 'metadata');
  if old.sheet_id is not null and new.timestamp <> old.timestamp then
    perform private.refuse(
      'record_date_fixed',
      'You cannot change the date of an imported record: importing its file again would add it a second time.',
      format('Undo the import, or: aicost records remove %s, then aicost add', left(old.id::text, 8))
    );
  end if;
  -- What counts of its file depends on it.
  if old.sheet_id is not null and new.account is distinct from old.account then
    perform private.refuse(
      'record_account_fixed',
      'You cannot change the account of an imported record, because it is that of its whole file.',
      'Undo the import, and import the file again with --account'
    );
  end if;
  if (changes ? 'input_tokens' or changes ? 'output_tokens') and not changes ? 'tokens_used' then
    given := given || jsonb_build_object('tokens_used', coalesce(new.input_tokens, 0) + coalesce(new.output_tokens, 0));
  end if;

  perform private.add_month(date_trunc('month', new.timestamp at time zone 'UTC')::date);
  perform private.lock_imports();
  delete from public.cost_records r where r.id = old.id and r.timestamp = old.timestamp and r.user_id = old.user_id;
  -- Not found: somebody has removed it in the meantime.
  if found then
    new := private.edited(old, given, clock_timestamp());
    if old.sheet_id is not null then
      perform private.keep_edit(old, given, (new.metadata ->> 'edited_at')::timestamptz);
    elsif not old.metadata ? 'renewal' then
      new.metadata := new.metadata - 'edited_at';
    end if;
    insert into public.cost_records select new.*;
  end if;
  perform private.book_due();
  return private.record_json(new);
end
$$;

-- Removes a record of the user. That an imported one or the charge of a subscription was removed is kept, so that it stays
-- away.
create or replace function private.remove_record(removed public.cost_records) returns void
language plpgsql
set search_path = ''
as $$
begin
  if removed.sheet_id is not null then
    perform private.keep_edit(removed, null, clock_timestamp());
  elsif removed.metadata ? 'renewal' then
    update public.subscriptions s set removed = array_append(s.removed, (removed.metadata #>> '{renewal,due_on}')::date)
    where s.user_id = removed.user_id and s.id = (removed.metadata #>> '{renewal,subscription}')::uuid
      and (removed.metadata #>> '{renewal,due_on}')::date <> all (s.removed);
  end if;
  delete from public.cost_records r
  where r.id = removed.id and r.timestamp = removed.timestamp and r.user_id = removed.user_id;
end
$$;

-- Removes records by id or its first characters: all of them or, if one is not found, none.
create or replace function public.remove_cost_records(record_ids text[]) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  wanted text;
  found public.cost_records;
  removed jsonb := '[]';
begin
  perform private.lock_imports();
  foreach wanted in array record_ids loop
    found := private.find_record(wanted);
    removed := removed || private.record_json(found);
    perform private.remove_record(found);
  end loop;
  perform private.book_due();
  return removed;
end
$$;

revoke all on function
  private.row_json, private.calls_json, private.first_import, private.record_json, private.escaped_pattern, private.name_pattern, private.patterns_of, private.find_record, private.keep_row, private.keep_edit,
  private.remove_record
  from public;
grant execute on function
  private.row_json, private.calls_json, private.first_import, private.record_json, private.escaped_pattern, private.name_pattern, private.patterns_of, private.find_record, private.keep_row, private.keep_edit,
  private.remove_record
  to authenticated, service_role;
revoke all on function
  public.add_cost_record, public.get_cost_record, public.list_cost_records, public.edit_cost_record,
  public.remove_cost_records
  from public, anon;
grant execute on function
  public.add_cost_record, public.get_cost_record, public.list_cost_records, public.edit_cost_record,
  public.remove_cost_records
  to authenticated, service_role;
