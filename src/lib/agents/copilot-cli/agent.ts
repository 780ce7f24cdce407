import { join } from "node:path";
import type { Agent, LogReader, Reading } from "../agent.js";
import type { AgentCall } from "../call.js";
import { rollUpReader } from "./roll-ups.js";
import { readStore } from "./store.js";

export const copilotCli = {
  id: "copilot-cli",
  name: "Copilot CLI",
  roots: ({ env, home }) => [env["COPILOT_HOME"] || join(home, ".copilot")],
  kindOf: (name) =>
    name === "session-store.db"
      ? "database"
      : /^session-state\/[^/]+\/events\.jsonl$/.test(name)
        ? "lines"
        : undefined,
  skips: (name) => !/^session-state(?:\/[^/]+)?$/.test(name),
  marks: ['"session.start"', '"session.shutdown"'],
  deletesAfterDays: () => null,
  begin: (reading) => beginCopilot(reading),
} as const satisfies Agent;

/** What is known of sessions and models, each pair as one text. */
interface Known {
  /** Of these the store has each call. */
  stored: string[];
  /** Of these only sums were found, and given as calls: the pair and the key of the call. */
  rolledUp: [pair: string, key: string][];
}

const pairOf = ({ session, model }: AgentCall): string => `${session ?? ""} ${model ?? ""}`;

/** The store has each call. The sums that a session leaves at its end count only for what the store does not have. */
const beginCopilot = (reading: Reading): LogReader => {
  const known = { stored: [], rolledUp: [], ...(reading.carry as Partial<Known> | undefined) };
  const stored = new Set(known.stored);
  const sums: AgentCall[] = [];
  return {
    open: (file, carry) =>
      file.kind === "database"
        ? readStore(carry, (call) => {
            stored.add(pairOf(call));
            reading.call(call);
          })
        : rollUpReader(file, carry, (call) => sums.push(call)),
    end: () => {
      const rolledUp = new Map(known.rolledUp.map(([pair, key]) => [key, pair]));
      for (const call of sums) {
        if (stored.has(pairOf(call))) continue;
        reading.call(call);
        rolledUp.set(call.key, pairOf(call));
      }
      for (const [key, pair] of rolledUp) {
        if (!stored.has(pair)) continue;
        reading.withdraw(key);
        rolledUp.delete(key);
      }
      if (stored.size + rolledUp.size === 0) return undefined;
      return { stored: [...stored], rolledUp: [...rolledUp].map(([key, pair]) => [pair, key]) };
    },
  };
};
