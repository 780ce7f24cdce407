import { jsonIn } from "../../system/json.js";
import type { Rows } from "../agent.js";
import { momentOf, nameOf } from "../fields.js";
import type { Message } from "./message.js";

export interface StoredMessage {
  id: string;
  message: Message;
}

/** Clocks, and writers that take their time before they commit. */
const OVERLAP_MS = 3_600_000;

/** The tables of a version, with where a message has what. */
interface Tables {
  messages: string;
  sessions: string;
  isAssistant: string;
  provider: string;
  model: string;
}

const VERSIONS: readonly Tables[] = [
  {
    messages: "message",
    sessions: "session",
    isAssistant: "json_extract(m.data, '$.role') = 'assistant'",
    provider: "$.providerID",
    model: "$.modelID",
  },
  {
    messages: "session_message",
    sessions: "session_v2",
    isAssistant: "m.type = 'assistant'",
    provider: "$.model.providerID",
    model: "$.model.id",
  },
];

/**
 * The messages that changed since a time, of all versions: a database that was carried over has both. Only numbers and
 * names are taken out of it, no text. @returns with them, the time of the last change
 */
export const rowsAfter = (database: Rows, changed: number): { rows: StoredMessage[]; changed: number } => {
  const tables = VERSIONS.map((version) => ({ version, columns: database.columns(version.messages) })).filter(
    ({ columns }) => columns.includes("data"),
  );
  const newest = Math.max(0, ...tables.filter(isDated).map(({ version }) => newestIn(database, version)));
  const after = newest < changed ? 0 : changed - OVERLAP_MS;
  const rows = tables.flatMap((table) => rowsOf(database, table.version, isDated(table) ? after : undefined));
  // A clock that was ahead for a while must not hide what is written after it was set right.
  return { rows, changed: Math.min(newest, Date.now()) };
};

const isDated = ({ columns }: { columns: readonly string[] }): boolean => columns.includes("time_updated");

const newestIn = (database: Rows, { messages }: Tables): number => {
  const [row] = database.rows(`select max(time_updated) as newest from ${messages}`);
  return momentOf(row?.["newest"]);
};

const rowsOf = (database: Rows, tables: Tables, after: number | undefined): StoredMessage[] => {
  const { messages, sessions, isAssistant, provider, model } = tables;
  const columns = database.columns(sessions);
  const ofSession = (name: string): string => (columns.includes(name) ? `s.${name}` : "null");
  const from =
    columns.length > 0 ? `${messages} m left join ${sessions} s on s.id = m.session_id` : `${messages} m`;
  const query = `
    select m.id, m.session_id,
      json_extract(m.data, '${provider}') as provider, json_extract(m.data, '${model}') as model,
      json_extract(m.data, '$.time.created') as created, json_extract(m.data, '$.time.completed') as completed,
      json_extract(m.data, '$.tokens') as tokens, json_extract(m.data, '$.cost') as cost,
      json_extract(m.data, '$.path.cwd') as cwd,
      ${ofSession("directory")} as directory, ${ofSession("time_created")} as start, ${ofSession("version")} as version
    from ${from}
    where json_valid(m.data) and ${isAssistant} ${after === undefined ? "" : "and m.time_updated >= ?"}`;
  const steps = stepsIn(database, messages === "message" ? after : undefined);
  return [...database.rows(query, after === undefined ? [] : [after])].map((row) => messageOf(row, steps));
};

const messageOf = (row: Record<string, unknown>, steps: ReadonlyMap<string, unknown[]>): StoredMessage => {
  const id = nameOf(row["id"]) ?? "";
  return {
    id,
    message: {
      provider: row["provider"],
      model: row["model"],
      created: row["created"],
      completed: row["completed"],
      tokens: parsed(row["tokens"]),
      cost: row["cost"],
      session: row["session_id"],
      sessionStart: row["start"],
      project: row["cwd"] ?? row["directory"],
      version: row["version"],
      steps: steps.get(id) ?? [],
    },
  };
};

const parsed = (text: unknown): unknown => (typeof text === "string" ? jsonIn(text) : undefined);

/** What the steps of messages used, for messages with several. */
const stepsIn = (database: Rows, after: number | undefined): Map<string, unknown[]> => {
  const steps = new Map<string, unknown[]>();
  const columns = database.columns("part");
  if (!columns.includes("message_id") || !columns.includes("data")) return steps;
  const isDated = after !== undefined && columns.includes("time_updated");
  const query = `
    select message_id, json_extract(data, '$.tokens') as tokens from part
    where message_id in (
      select message_id from part
      where json_valid(data) and json_extract(data, '$.type') = 'step-finish' ${isDated ? "and time_updated >= ?" : ""})
    and json_valid(data) and json_extract(data, '$.type') = 'step-finish'`;
  for (const row of database.rows(query, isDated ? [after] : [])) {
    const id = nameOf(row["message_id"]) ?? "";
    steps.set(id, [...(steps.get(id) ?? []), parsed(row["tokens"])]);
  }
  return steps;
};
