import { randomUUID } from "node:crypto";
import { functionsOf, relationsOf, type Relation } from "../support/catalog.js";
import type { Database, Session } from "../support/database.js";
import { aimedCalls, rowsOfVictim, type Victim } from "../support/victim.js";

/** Somebody who tries to get at the victim's rows through the HTTP API. */
export interface Intruder {
  name: string;
  /** The publishable key, and a token where the intruder has one. */
  headers: Record<string, string>;
  /** The intruder's own user; none for somebody who is not signed in, who may do nothing at all. */
  user: string | undefined;
}

/** A project, as seen by who attacks it and by who looks on from inside. */
export interface Scene {
  url: string;
  db: Database;
  victim: Victim;
}

interface Attempt {
  /** For example `delete public.imports`. */
  what: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below `/rest/v1/`. */
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/**
 * Tries every table, partition, view and function of `public`, and every relation and function of the schemas that the
 * API does not expose.
 * @returns what the intruder learned or changed of the victim's rows; empty is good
 */
export const intrusions = async (scene: Scene, intruder: Intruder): Promise<string[]> => {
  const relations = await relationsOf(scene.db);
  const attempts = [];
  for (const relation of relations) attempts.push(...(await relationAttempts(scene, relation, intruder)));
  attempts.push(...(await functionAttempts(scene)), ...(await hiddenAttempts(scene.db)));
  const findings = [];
  let before = await rowsOfVictim(scene.db, relations, scene.victim);
  for (const attempt of attempts) {
    const answer = await send(scene.url, attempt, intruder);
    // What is refused is rolled back; if it did change something, the next one that is let in is blamed, or the last.
    const mayChange = answer.ok || attempt === attempts.at(-1);
    const after = mayChange ? await rowsOfVictim(scene.db, relations, scene.victim) : before;
    const found = [
      ...faults(answer, scene.victim, intruder),
      ...(after.join() === before.join() ? [] : ["changes her rows"]),
    ];
    findings.push(...found.map((fault) => `${intruder.name}: ${attempt.what}: ${fault}`));
    before = after;
  }
  return findings;
};

interface Answer {
  ok: boolean;
  text: string;
  /** Of how many rows these are, where it was asked. */
  total: number | undefined;
}

const send = async (url: string, attempt: Attempt, intruder: Intruder): Promise<Answer> => {
  const response = await fetch(`${url}/rest/v1/${attempt.path}`, {
    method: attempt.method,
    headers: { "content-type": "application/json", ...attempt.headers, ...intruder.headers },
    ...(attempt.body === undefined ? {} : { body: JSON.stringify(attempt.body) }),
  });
  const total = response.headers.get("content-range")?.split("/")[1];
  return {
    ok: response.ok,
    text: await response.text(),
    total: /^\d+$/.test(total ?? "") ? Number(total) : undefined,
  };
};

const faults = ({ ok, text, total }: Answer, victim: Victim, intruder: Intruder): string[] => {
  const found = [];
  if (victim.isIn(text)) found.push("tells of her rows");
  if (ok && intruder.user === undefined) found.push("is let in");
  if (ok && total !== undefined && total !== (JSON.parse(text) as unknown[]).length) {
    found.push("tells how many rows there are");
  }
  const { code = "" } = ok ? {} : (JSON.parse(text) as { code?: string });
  if (MISTAKES.test(code)) found.push(`was tried wrongly: ${text}`);
  return found;
};

/** What the API answers to a request that cannot be carried out, whoever asks. */
const MISTAKES = /^(?:PGRST1(?!06|25)\d\d|PGRST20\d|22P02|42601|42703|42883|42P01)$/;

const relationAttempts = async (scene: Scene, relation: Relation, intruder: Intruder): Promise<Attempt[]> => {
  const { name, columns, kind } = relation;
  const victim = scene.victim.ids.user;
  const owner = ["user_id", "owner_id"].find((column) => columns.includes(column)) ?? columns[0]!;
  const hers = `${name}?${owner}=eq.${victim}`;
  const row = await rowOfVictim(scene, relation, owner);
  const copy = "id" in row ? { ...row, id: typeof row["id"] === "number" ? 1e9 : randomUUID() } : row;
  const taken = { [owner]: intruder.user ?? randomUUID() };
  const attempt = (what: string, method: Attempt["method"], path: string, more: Partial<Attempt> = {}) => ({
    what: `${what} public.${name}`,
    method,
    path,
    ...more,
  });
  return [
    attempt("read", "GET", name, { headers: { prefer: "count=exact" } }),
    attempt("insert into", "POST", name, { body: copy, headers: { prefer: "return=minimal" } }),
    ...(kind === "table" || kind === "partitioned"
      ? [
          attempt("replace in", "POST", name, {
            body: row,
            headers: { prefer: "resolution=merge-duplicates" },
          }),
        ]
      : []),
    attempt("change in", "PATCH", hers, { body: { [owner]: victim } }),
    attempt("take from", "PATCH", hers, { body: taken, headers: { prefer: "return=representation" } }),
    attempt("hand over in", "PATCH", name, { body: { [owner]: victim } }),
    attempt("delete from", "DELETE", hers, { headers: { prefer: "return=representation" } }),
    attempt("empty", "DELETE", name),
  ];
};

/** One row of hers, as it is in that relation or, for a partition, might be. */
const rowOfVictim = async (
  { db, victim: { ids } }: Scene,
  { name, kind, isPartition }: Relation,
  owner: string,
): Promise<Record<string, unknown>> => {
  const one = `select to_jsonb(t) as row from public.${isPartition ? "cost_records" : name} t
    where ${owner}::text = $1 limit 1`;
  const read = (session: Session) => session.query<{ row: Record<string, unknown> }>(one, [ids.user]);
  const [found] = await (kind === "materialized" ? read(db) : db.asUser(ids.user, read));
  return found!.row;
};

const functionAttempts = async ({ db, victim }: Scene): Promise<Attempt[]> =>
  (await functionsOf(db))
    .filter(({ schema }) => schema === "public")
    .flatMap((fn) =>
      aimedCalls(fn, victim).map((args) => ({
        what: `call ${fn.signature} with ${JSON.stringify(args)}`,
        method: "POST",
        path: `rpc/${fn.name}`,
        body: args,
      })),
    );

/** By the header that chooses a schema, which must be refused for all but `public`. */
const hiddenAttempts = async (db: Database): Promise<Attempt[]> => {
  const schemas = await db.query<{ name: string }>(
    `select nspname as name from pg_namespace
     where nspname not in ('public', 'information_schema') and nspname not like 'pg\\_%' order by 1`,
  );
  const attempts = [];
  for (const { name: schema } of schemas) {
    const relations = await relationsOf(db, schema);
    attempts.push(...relations.flatMap(({ name }) => hiddenRelation(schema, name)));
  }
  const functions = (await functionsOf(db))
    .filter(({ schema }) => schema !== "public")
    .map(({ schema, name, signature }) => hidden(`call ${signature}`, "POST", schema, `rpc/${name}`));
  return [...attempts, ...functions];
};

const hiddenRelation = (schema: string, name: string): Attempt[] => [
  hidden(`read ${schema}.${name}`, "GET", schema, name),
  hidden(`insert into ${schema}.${name}`, "POST", schema, name),
  hidden(`update ${schema}.${name}`, "PATCH", schema, name),
  hidden(`delete from ${schema}.${name}`, "DELETE", schema, name),
];

const hidden = (what: string, method: Attempt["method"], schema: string, path: string): Attempt => ({
  what,
  method,
  path,
  headers: { "accept-profile": schema, "content-profile": schema },
  ...(method === "POST" || method === "PATCH" ? { body: {} } : {}),
});
