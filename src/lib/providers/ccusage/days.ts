import { UserError } from "../../errors.js";
import { isObject } from "../../system/json.js";
import { agentNamed } from "./agents.js";

/** What one agent used of one model on one day, in one project if the report names projects. */
export interface AgentDay {
  /** In the time zone that ccusage had. */
  date: string;
  agent: string;
  project: string | null;
  /** Null for what the report does not split by model. */
  model: string | null;
  /** Without cached tokens. */
  input: number;
  output: number;
  cacheCreation: number;
  cacheRead: number;
  /** US dollars, as ccusage estimates them; null if it has no price. */
  cost: number | null;
}

/** Where in the file something is, and what the user says of all of it. */
interface Place {
  name: string;
  /** The agent, if the file does not name it. */
  given: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Reports of ccusage that have no days. */
const OTHERS = ["weekly", "monthly", "session", "sessions", "blocks"];

/** Whether a JSON value is a report of ccusage. */
export const isCcusage = (value: unknown): value is Json =>
  isObject(value) &&
  (hasRows(value["daily"]) ||
    isObject(value["projects"]) ||
    OTHERS.some((report) => hasRows(value[report]))) &&
  ("totals" in value || "blocks" in value || "daily" in value);

const hasRows = (rows: unknown): boolean =>
  Array.isArray(rows) && rows.every((row) => isObject(row) && ("totalTokens" in row || "isGap" in row));

/**
 * The days of a daily report of ccusage (npm, 20.0.24, and the older forms of one agent).
 * @throws UserError `ccusage_days_missing`, `ccusage_agent_missing`, `ccusage_damaged`
 */
export const agentDays = (report: Json, place: Place): AgentDay[] => {
  const { daily, projects } = report;
  if (Array.isArray(daily)) return daily.flatMap((day: unknown) => daysOf(asObject(day, place), place));
  // Only Claude Code's logs tell ccusage of projects.
  if (isObject(projects))
    return Object.entries(projects).flatMap(([project, days]) =>
      (Array.isArray(days) ? days : []).flatMap((day: unknown) =>
        partsOf(asObject(day, place), { agent: "claude-code", project }, place),
      ),
    );
  const found = OTHERS.find((name) => name in report) ?? "other";
  throw new UserError(
    "ccusage_days_missing",
    `The file ${place.name} is a ${found} report of ccusage, which has no days.`,
    BY_AGENT,
  );
};

const BY_AGENT = "Write one with days and agents: ccusage daily --json --by-agent > days.json";

/** Of a day of all agents, those of each; else those of the one that it is of. */
const daysOf = (day: Json, place: Place): AgentDay[] => {
  const { agents } = day;
  if (!Array.isArray(agents)) return partsOf(day, { agent: agentOf(day, place), project: null }, place);
  return agents.flatMap((part: unknown) => {
    const object = asObject(part, place);
    return partsOf(
      { ...object, period: day["period"] },
      { agent: agentOf(object, place), project: null },
      place,
    );
  });
};

const agentOf = (day: Json, { name, given }: Place): string => {
  const { agent, metadata } = day;
  if (typeof agent === "string" && agent !== "all") return agentNamed(agent);
  const listed: unknown = isObject(metadata) ? metadata["agents"] : undefined;
  const [only, other] = Array.isArray(listed) ? (listed as unknown[]) : [];
  if (typeof only === "string" && other === undefined) return agentNamed(only);
  if (agent === "all")
    throw new UserError(
      "ccusage_agent_missing",
      `The file ${name} does not say which agent used what: its days are sums of several.`,
      BY_AGENT,
    );
  if (given !== undefined) return agentNamed(given);
  // Of the reports of one agent, only this one names no cost of a model.
  if (isObject(day["models"])) return "codex";
  throw new UserError(
    "ccusage_agent_missing",
    `The file ${name} does not say which agent it is of.`,
    `Say which: --agent claude-code. Or write one that does: ccusage daily --json --by-agent > days.json`,
  );
};

/** A day by models, and what these leave of it: ccusage counts reasoning of some agents only in the total. */
const partsOf = (day: Json, of: Pick<AgentDay, "agent" | "project">, place: Place): AgentDay[] => {
  const date = dateOf(day, place);
  const whole = countsOf(day, place);
  const total = countIn(day, "totalTokens", place);
  const cost = costIn(day, "totalCost" in day ? "totalCost" : "costUSD", place);
  const models = modelsOf(day, cost, place);
  const left = total - models.reduce((sum, model) => sum + tokensOf(model), 0);
  if (left < 0) throw damaged(place, `the tokens of ${date} are fewer than those of its models`);
  const [only, other] = models;
  if (only !== undefined && other === undefined)
    return [{ date, ...of, ...only, output: only.output + left }];
  // Without a price for each model, the day is one charge.
  if (cost !== null && models.some((model) => model.cost === null && !model.isMissing))
    return [{ date, ...of, model: null, ...whole, output: whole.output + total - tokensOf(whole), cost }];
  const rest = { ...NO_TOKENS, model: null, output: left, cost: 0 };
  return [...models, ...(left > 0 ? [rest] : [])].map(
    ({ model, input, output, cacheCreation, cacheRead, cost }) => ({
      date,
      ...of,
      model,
      input,
      output,
      cacheCreation,
      cacheRead,
      cost,
    }),
  );
};

type Counts = Pick<AgentDay, "input" | "output" | "cacheCreation" | "cacheRead">;

const NO_TOKENS: Counts = { input: 0, output: 0, cacheCreation: 0, cacheRead: 0 };

interface ModelDay extends Counts {
  model: string | null;
  cost: number | null;
  /** ccusage has no price for it. */
  isMissing: boolean;
}

const tokensOf = ({ input, output, cacheCreation, cacheRead }: Counts): number =>
  input + output + cacheCreation + cacheRead;

const modelsOf = (day: Json, cost: number | null, place: Place): ModelDay[] => {
  const { modelBreakdowns, models } = day;
  if (Array.isArray(modelBreakdowns))
    return modelBreakdowns.map((part: unknown) => {
      const model = asObject(part, place);
      const isMissing = model["missingPricing"] === true;
      return {
        ...countsOf(model, place),
        model: modelNamed(model["modelName"]),
        cost: isMissing ? null : costIn(model, "cost", place),
        isMissing,
      };
    });
  const named = Object.entries(isObject(models) ? models : {});
  return named.map(([name, part]) => {
    const model = asObject(part, place);
    // A model that the log does not name, as ccusage guesses it.
    const isGuess = model["isFallback"] === true;
    return {
      ...countsOf(model, place),
      model: isGuess ? null : modelNamed(name),
      cost: named.length === 1 ? cost : null,
      isMissing: false,
    };
  });
};

/** ccusage writes some agents before their models: `[pi] gpt-5.5`. */
const modelNamed = (name: unknown): string | null =>
  typeof name === "string" ? name.replace(/^\[[a-z-]+\] /, "") || null : null;

const countsOf = (part: Json, place: Place): Counts => ({
  input: countIn(part, "inputTokens", place),
  output: countIn(part, "outputTokens", place),
  cacheCreation: countIn(part, "cacheCreationTokens", place),
  cacheRead: countIn(part, "cacheReadTokens" in part ? "cacheReadTokens" : "cachedInputTokens", place),
});

const DATE = /^\d{4}-\d{2}-\d{2}$/;

const dateOf = (day: Json, place: Place): string => {
  const date = day["period"] ?? day["date"];
  if (typeof date === "string" && DATE.test(date)) return date;
  throw damaged(place, `${shown(date)} is not a date`);
};

/** A count that is not there is none. */
const countIn = (part: Json, field: string, place: Place): number => {
  const count = part[field] ?? 0;
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0) return count;
  throw damaged(place, `${field} is ${shown(count)}, which is not a number of tokens`);
};

/** Null with `--no-cost`. */
const costIn = (part: Json, field: string, place: Place): number | null => {
  const cost = part[field] ?? null;
  if (cost === null || (typeof cost === "number" && Number.isFinite(cost) && cost >= 0)) return cost;
  throw damaged(place, `${field} is ${shown(cost)}, which is not an amount`);
};

const asObject = (value: unknown, place: Place): Json => {
  if (isObject(value)) return value;
  throw damaged(place, `${shown(value)} stands where a day or a model should`);
};

const MOST_SHOWN = 60;

const shown = (value: unknown): string =>
  (value === undefined ? "nothing" : JSON.stringify(value)).slice(0, MOST_SHOWN);

const damaged = ({ name }: Place, why: string): UserError =>
  new UserError(
    "ccusage_damaged",
    `The file ${name} is a report of ccusage, but ${why}.`,
    "Write it again: ccusage daily --json --by-agent > days.json",
  );
