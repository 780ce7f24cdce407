/** What a person does at a terminal: a line that is typed, and what is answered to its questions. */
export interface Session {
  /** Names in braces stand for what is in the home of the person, such as `{import}`. */
  line: string;
  /** The exit code; 0 if it is not given. */
  exit?: number;
  /** Texts of questions in their order, and the keys that are pressed then. */
  answers?: readonly (readonly [question: string, keys: string])[];
  /** What is printed is for a program to read, however wide. */
  isData?: true;
}

const ENTER = "\r";
const DOWN = "\u001b[B";

/**
 * What is typed in one home, from the first line to the last: every command, with the flags that change what is seen. At
 * first all is only looked at.
 */
export const SESSIONS: readonly Session[] = [
  { line: "aicost report" },
  { line: "aicost report --range mtd --by provider --compare --chart" },
  { line: "aicost report --range all --by model" },
  { line: "aicost report --range 2026-11 --by project,model --top 5" },
  { line: "aicost report --range 12w --by month,provider --chart" },
  { line: "aicost report --range all --by tag --kind usage,fee" },
  { line: "aicost report --range mtd --by model --format markdown", isData: true },
  { line: "aicost today" },
  { line: "aicost prompt" },
  { line: "aicost records --range all --limit 20" },
  { line: "aicost records --range all --method manual" },
  { line: "aicost records show {record}" },
  { line: "aicost imports" },
  { line: "aicost imports show {import}" },
  { line: "aicost coverage" },
  { line: "aicost explain" },
  { line: "aicost explain 2026-11-12" },
  { line: "aicost anomalies" },
  { line: "aicost anomalies notify" },
  { line: "aicost anomalies notify --command /bin/true --test" },
  { line: "aicost sessions" },
  { line: "aicost sessions --range all --sort length" },
  { line: "aicost plans" },
  { line: "aicost prices" },
  { line: "aicost prices --range all" },
  { line: "aicost prices show claude-opus-4-5" },
  { line: "aicost prices show {model}" },
  { line: "aicost rates" },
  { line: "aicost providers" },
  { line: "aicost prefs" },
  { line: "aicost profiles" },
  { line: "aicost whoami" },
  { line: "aicost tags" },
  { line: "aicost subscriptions" },
  { line: "aicost upcoming --days 60" },
  { line: "aicost credits" },
  { line: "aicost credits openai" },
  { line: "aicost budgets" },
  { line: "aicost budgets check", exit: 6 },
  { line: "aicost budgets notify" },
  { line: "aicost budgets notify --webhook {world}/notices --test" },
  { line: "aicost forecast" },
  { line: "aicost forecast --accuracy" },
  { line: "aicost forecast list" },
  { line: "aicost credentials" },
  { line: "aicost credentials log" },
  { line: "aicost credentials check" },
  { line: "aicost vault" },
  { line: "aicost doctor" },
  { line: "aicost db status" },
  { line: "aicost db check" },
  { line: "aicost db partitions" },
  { line: "aicost db migrate" },
  { line: "aicost schema report", isData: true },
  { line: "aicost completion bash", isData: true },
  { line: "aicost export --output {world-less}all.ndjson" },

  { line: "aicost import {samples}/openrouter_activity_daily.csv --dry-run" },
  { line: "aicost import {samples}/openrouter_activity_daily.csv {samples}/gcp_cost_table.csv" },
  { line: "aicost import {samples}/openrouter_activity.csv" },
  { line: "aicost sync --dry-run" },
  { line: "aicost sync --since 2026-11-08" },
  { line: "aicost scan --yes" },
  { line: "aicost reprice --dry-run" },
  { line: "aicost imports undo --last --dry-run" },
  { line: "aicost imports undo --last", answers: [["Undo", `y${ENTER}`]] },
  {
    line: "aicost add",
    answers: [
      ["Provider", `groq${ENTER}`],
      ["Amount in US dollars", `7.50${ENTER}`],
      ["What for", ENTER],
    ],
  },
];
