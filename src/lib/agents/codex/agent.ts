import { join } from "node:path";
import { objectOr } from "../../system/json.js";
import type { Agent, LogFile, LogReader, Reading } from "../agent.js";
import { Parents } from "./parents.js";
import { type Thread, ThreadReader } from "./thread.js";

/** Types of lines that tell of calls, or of the thread that they are of. */
const COUNTED = new Set<unknown>(["session_meta", "turn_context", "token_usage_record", "event_msg"]);
const ROLLOUT = /^(?:sessions\/(?:.*\/)?|archived_sessions\/)rollout-[^/]*\.jsonl(\.zst)?$/;

export const codex = {
  id: "codex",
  name: "Codex",
  roots: ({ env, home }) => [env["CODEX_HOME"] || join(home, ".codex")],
  kindOf: (name) => {
    const found = ROLLOUT.exec(name);
    return found ? (found[1] === undefined ? "lines" : "zstd-lines") : undefined;
  },
  skips: (name) => !/^(?:archived_)?sessions(?:\/|$)/.test(name),
  choose: (files) => {
    const best = new Map<string, LogFile>();
    for (const file of [...files].sort((one, other) => rankOf(one) - rankOf(other))) {
      const name = file.name.replace(/^.*\//, "").replace(/\.zst$/, "");
      if (!best.has(name)) best.set(name, file);
    }
    return [...best.values()];
  },
  // token_count, token_usage_record, turn_context and session_meta. A rare letter is found several times as fast.
  marks: ['_count"', '_usage_record"', '_context"', '_meta"'],
  sift: (line) => (COUNTED.has(objectOr(line)["type"]) ? line : undefined),
  deletesAfterDays: () => null,
  begin: (reading) => beginCodex(reading),
} as const satisfies Agent;

/** A log that was compressed or archived may lie beside its newer form. */
const rankOf = ({ kind, name }: LogFile): number =>
  (kind === "lines" ? 0 : 2) + (name.startsWith("sessions/") ? 0 : 1);

const beginCodex = (reading: Reading): LogReader => {
  const parents = new Parents(reading.files);
  return {
    open: (file, carry) =>
      new ThreadReader(reading, parents, file, { epoch: 0, ...(carry as Thread | undefined) }),
    // The log of its parent has come, or has grown: what was its own and what a copy is judged again.
    again: (_, carry) => {
      const { id, judged } = (carry ?? {}) as Partial<Thread>;
      if (!judged || parents.bytesOf(judged.parent) === judged.bytes) return false;
      for (const place of judged.given) reading.withdraw(`${id ?? ""}:${place}`);
      return true;
    },
    end: () => undefined,
  };
};
