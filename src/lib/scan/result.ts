import type { AgentReading } from "../agents/read-logs.js";
import type { FreshCall } from "./stored-calls.js";
import type { CallSums } from "./sum-calls.js";

/** What became of the logs of one agent. */
export interface AgentScan extends CallSums {
  /** Its id, such as `claude-code`. */
  agent: string;
  name: string;
  /** Whether it has logs on this machine, changed or not. */
  found: boolean;
  /** How many logs there are. */
  files: number;
  new_calls: number;
  /** Calls that were stored before and have more tokens by now. */
  grown_calls: number;
  /** The import that it made; null if nothing is new. */
  import_id: string | null;
  /** After how many days the agent deletes its own logs; null if it never does. */
  deletes_after_days: number | null;
  /** What could not be read, without a word of it. */
  problems: { file: string; line: number | null; says: string }[];
}

const NOTHING: CallSums = {
  from: null,
  to: null,
  included_usd: "0",
  estimated_usd: "0",
  unpriced_tokens: 0,
  unpriced_models: [],
  unknown_payer: 0,
};

interface Stored extends CallSums {
  fresh: readonly FreshCall[];
  import_id?: string | null;
}

export const scanOf = (
  { agent, found, files, deletesAfterDays, problems }: AgentReading,
  { fresh, import_id = null, ...sums }: Stored = { fresh: [], ...NOTHING },
): AgentScan => {
  const grown = fresh.filter(({ stored }) => stored !== undefined).length;
  return {
    agent: agent.id,
    name: agent.name,
    found,
    files,
    new_calls: fresh.length - grown,
    grown_calls: grown,
    ...sums,
    import_id,
    deletes_after_days: deletesAfterDays,
    problems: problems.map(({ file, line, says }) => ({ file, line: line ?? null, says })),
  };
};

/** What a person should know of a scan, each with what to type. */
export const scanWarnings = (scans: readonly AgentScan[]): string[] => [
  ...scans.filter(({ unknown_payer }) => unknown_payer > 0).map(payerWarning),
  ...scans.filter(({ unpriced_tokens }) => unpriced_tokens > 0).map(unpricedWarning),
  ...scans.flatMap(({ name, problems }) =>
    problems.map(({ file, line, says }) => `${name}: ${file}${line === null ? "" : `:${line}`}: ${says}`),
  ),
];

const payerWarning = ({ agent, name }: AgentScan): string =>
  `The logs of ${name} do not say who pays: its calls are taken as included in a plan. Say which it is: aicost scan --plan ${agent}=max, or aicost scan --api ${agent}`;

const unpricedWarning = ({ name, unpriced_models, unpriced_tokens }: AgentScan): string => {
  const models = unpriced_models.map((model) => model ?? "no model named").join(", ");
  return `${name}: ${unpriced_tokens.toLocaleString("en-US")} tokens have no price (${models}). Set one: aicost prices set MODEL --input 3 --output 15`;
};
