import type { Session } from "./database.js";

/** Schemas whose content is ours to make or break; the server's own are left out. */
const OURS = "n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'";

/** Access rights in a stable order, whoever was granted first. */
const rights = (acl: string): string =>
  `(select string_agg(a::text, ' ' order by a::text) from unnest(${acl}) a)`;

/** One query a kind of thing; each row is one line of text. */
const QUERIES = [
  `select concat_ws(' | ', 'schema', n.nspname, ${rights("n.nspacl")}) as line from pg_namespace n where ${OURS}`,
  `select concat_ws(' | ', 'relation', c.oid::regclass, c.relkind, 'rls=' || c.relrowsecurity, c.reloptions,
     pg_get_expr(c.relpartbound, c.oid), obj_description(c.oid, 'pg_class'), ${rights("c.relacl")}) as line
   from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS}`,
  `select concat_ws(' | ', 'column', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
     'not null=' || a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attgenerated,
     col_description(c.oid, a.attnum), ${rights("a.attacl")}) as line
   from pg_attribute a
   join pg_class c on c.oid = a.attrelid
   join pg_namespace n on n.oid = c.relnamespace
   left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   where a.attnum > 0 and not a.attisdropped and ${OURS}`,
  `select concat_ws(' | ', 'constraint', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) as line
   from pg_constraint k join pg_namespace n on n.oid = k.connamespace where ${OURS}`,
  `select concat_ws(' | ', 'index', pg_get_indexdef(i.indexrelid)) as line
   from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace where ${OURS}`,
  `select concat_ws(' | ', 'policy', p.schemaname, p.tablename, p.policyname, p.permissive, p.cmd, p.roles, p.qual,
     p.with_check) as line
   from pg_policies p`,
  `select concat_ws(' | ', 'trigger', t.tgenabled, pg_get_triggerdef(t.oid)) as line
   from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
   where not t.tgisinternal and ${OURS}`,
  `select concat_ws(' | ', 'function', pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc'),
     ${rights("p.proacl")}) as line
   from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.prokind in ('f', 'p') and ${OURS}`,
  `select concat_ws(' | ', 'view', c.oid::regclass, pg_get_viewdef(c.oid)) as line
   from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and ${OURS}`,
  `select concat_ws(' | ', 'type', t.oid::regtype, t.typtype) as line
   from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype in ('e', 'd', 'r') and ${OURS}`,
  `select concat_ws(' | ', 'default', d.defaclrole::regrole, d.defaclnamespace::regnamespace, d.defaclobjtype,
     ${rights("d.defaclacl")}) as line
   from pg_default_acl d`,
  `select concat_ws(' | ', 'extension', e.extname) as line from pg_extension e`,
];

/** Everything that a schema is made of, one line a thing, sorted: equal lists are equal schemas. */
export const catalogOf = async (db: Session): Promise<string[]> => {
  const lines: string[] = [];
  for (const query of QUERIES)
    lines.push(...(await db.query<{ line: string }>(query)).map(({ line }) => line));
  return lines.sort();
};

/** A table, partition, view or materialized view. */
export interface Relation {
  name: string;
  kind: "table" | "partitioned" | "view" | "materialized";
  isPartition: boolean;
  columns: string[];
}

/** All relations of a schema, from the catalog. */
export const relationsOf = (db: Session, schema = "public"): Promise<Relation[]> =>
  db.query<Relation>(
    `select c.relname as name, c.relispartition as "isPartition",
       case c.relkind when 'r' then 'table' when 'p' then 'partitioned' when 'v' then 'view' else 'materialized' end as kind,
       (select json_agg(a.attname order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
     from pg_class c
     where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
     order by c.relname`,
    [schema],
  );

/** A function of `public` or `private` that can be called by name: no trigger. */
export interface SqlFunction {
  schema: string;
  name: string;
  /** As PostgreSQL names it: `public.get_import(text)`. */
  signature: string;
  /** Names and types of the arguments, in order. */
  names: string[];
  types: string[];
  settings: string[];
  isDefiner: boolean;
}

/** All functions of `public` and `private` that can be called, from the catalog. */
export const functionsOf = (db: Session): Promise<SqlFunction[]> =>
  db.query<SqlFunction>(
    `select p.pronamespace::regnamespace::text as schema, p.proname as name,
       p.pronamespace::regnamespace || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as signature,
       (select coalesce(json_agg(format_type(t, null) order by position), '[]')
        from unnest(p.proargtypes) with ordinality as a (t, position)) as types,
       coalesce(to_json(p.proargnames[1:p.pronargs]), '[]') as names,
       coalesce(to_json(p.proconfig), '[]') as settings, p.prosecdef as "isDefiner"
     from pg_proc p
     where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
       and p.prorettype <> 'trigger'::regtype and p.prokind = 'f'
     order by 1, 2`,
  );
