import { objectOr } from "../../system/json.js";
import type { FileReader, LogReader, Reading } from "../agent.js";
import { callIn, type Message } from "./message.js";
import { rowsAfter, type StoredMessage } from "./tables.js";

/** What the reading before left of a database. */
interface Mark {
  /** Milliseconds since 1970: the last change of a message. */
  changed: number;
  /** Messages that were not finished, by their ids: the keys that they had. */
  open: [id: string, key: string][];
}

export const openCodeReader = (reading: Reading): LogReader => ({
  open: (file, carry) =>
    file.kind === "database"
      ? databaseReader(reading, carry as Mark | undefined)
      : messageReader(reading, carry),
  end: () => undefined,
});

const databaseReader = (reading: Reading, before: Mark | undefined): FileReader => {
  let changed = 0;
  const open = new Map(before?.open);
  const use = ({ id, message }: StoredMessage): void => {
    const call = callIn(message);
    const known = open.get(id);
    // Its key has its numbers in it, which have changed.
    if (known !== undefined && known !== call?.key) reading.withdraw(known);
    open.delete(id);
    if (!call) return;
    reading.call(call);
    if (message.completed === null) open.set(id, call.key);
  };
  return {
    database: (database) => {
      const read = rowsAfter(database, before?.changed ?? 0);
      changed = read.changed;
      for (const row of read.rows) use(row);
    },
    carry: (): Mark => ({ changed, open: [...open] }),
  };
};

/** Older versions keep a file a message. @param before the key that it had while it was not finished */
const messageReader = (reading: Reading, before: unknown): FileReader => {
  let open: string | undefined;
  return {
    value: (value) => {
      const message = objectOr(value);
      const call = message["role"] === "assistant" ? callIn(messageIn(message)) : undefined;
      if (typeof before === "string" && before !== call?.key) reading.withdraw(before);
      if (!call) return;
      reading.call(call);
      if (objectOr(message["time"])["completed"] === undefined) open = call.key;
    },
    carry: () => open,
  };
};

const messageIn = (message: Record<string, unknown>): Message => {
  const time = objectOr(message["time"]);
  return {
    provider: message["providerID"],
    model: message["modelID"],
    created: time["created"],
    completed: time["completed"],
    tokens: message["tokens"],
    cost: message["cost"],
    session: message["sessionID"],
    sessionStart: null,
    project: objectOr(message["path"])["cwd"],
    version: null,
  };
};
