import type { AgentReading } from "../agents/read-logs.js";
import { grouped } from "../money.js";
import type { Changes } from "./changes.js";
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
  /** Calls that were stored before and turned out to be none. */
  withdrawn_calls: number;
  /** The import that it made; null if nothing is new. */
  import_id: string | null;
  /** After how many days the agent deletes its own logs; null if it never does. */
  deletes_after_days: number | null;
  /** What could not be read, without a word of it. */
  problems: { file: string; line: number | null; says: string }[];
}

const NOTHING: Stored = {
  new_calls: 0,
  grown_calls: 0,
  withdrawn_calls: 0,
  from: null,
  to: null,
  included_usd: "0",
  estimated_usd: "0",
  unpriced_tokens: 0,
  unpriced_models: [],
  unknown_payer: 0,
};

type Stored = CallSums &
  Pick<Changes, "new_calls" | "grown_calls" | "withdrawn_calls"> & { import_id?: string | null };

export const scanOf = (
  { agent, found, files, deletesAfterDays, problems }: AgentReading,
  { new_calls, grown_calls, withdrawn_calls, import_id = null, ...sums }: Stored = NOTHING,
): AgentScan => ({
  agent: agent.id,
  name: agent.name,
  found,
  files,
  new_calls,
  grown_calls,
  withdrawn_calls,
  ...sums,
  import_id,
  deletes_after_days: deletesAfterDays,
  problems: problems.map(({ file, line, says }) => ({ file, line: line ?? null, says })),
});

/** What a person should know of a scan, each with what to type. */
export const scanWarnings = (scans: readonly AgentScan[]): string[] => [
  ...payerWarnings(scans.filter(({ unknown_payer }) => unknown_payer > 0)),
  ...unpricedWarnings(scans.filter(({ unpriced_tokens }) => unpriced_tokens > 0)),
  ...scans.flatMap(({ name, problems }) =>
    problems.map(({ file, line, says }) => `${name}: ${file}${line === null ? "" : `:${line}`}: ${says}`),
  ),
];

const payerWarnings = (scans: readonly AgentScan[]): string[] => {
  const [first, ...others] = scans;
  if (first === undefined) return [];
  const [whose, each] = others.length === 0 ? ["its", ""] : ["their", ", for each"];
  return [
    `The logs of ${listed(scans.map(({ name }) => name))} do not say who pays: ${whose} calls are taken as included in a plan. Say which it is${each}: aicost scan --plan ${first.agent}=max, or --api ${first.agent}`,
  ];
};

const unpricedWarnings = (scans: readonly AgentScan[]): string[] => {
  const tokens = scans.reduce((sum, { unpriced_tokens }) => sum + unpriced_tokens, 0);
  const models = [...new Set(scans.flatMap(({ unpriced_models }) => unpriced_models))];
  const named = models.filter((model) => model !== null);
  const texts = [...named, ...(models.includes(null) ? ["calls that name no model"] : [])];
  if (texts.length === 0) return [];
  const hint =
    named.length === 0
      ? ""
      : ` Set one, in US dollars for a million tokens: aicost prices set ${named[0]} --input USD --output USD`;
  return [`${grouped(String(tokens))} tokens have no price: ${listed(texts)}.${hint}`];
};

/** `a, b and c`. */
const listed = (texts: readonly string[]): string =>
  texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1) ?? ""}`;
