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
 * What is only looked at: lists, tables and charts, with the flags that change what is seen. Those that need no open
 * database come first.
 */
export const LOOKS: readonly Session[] = [
  { line: "aicost report" },
  { line: "aicost report --range mtd --by provider --compare --chart" },
  { line: "aicost report --range all --by model" },
  { line: "aicost report --range 2026-11 --by project,model --top 5" },
  { line: "aicost report --range 12w --by month,provider --chart" },
  { line: "aicost report --range all --by tag --kind usage,fee" },
  { line: "aicost report --range mtd --by model --format markdown", isData: true },
  { line: "aicost today" },
  { line: "aicost prompt" },
  { line: "aicost coverage" },
  { line: "aicost explain" },
  { line: "aicost explain 2026-11-12" },
  { line: "aicost anomalies" },
  { line: "aicost providers" },
  { line: "aicost prefs" },
  { line: "aicost profiles" },
  { line: "aicost tags" },
  { line: "aicost upcoming --days 60" },
  { line: "aicost schema report", isData: true },
  { line: "aicost completion bash", isData: true },
  { line: "aicost records --range all --limit 20" },
  { line: "aicost records show {record}" },
  { line: "aicost imports" },
  { line: "aicost imports show {import}" },
  { line: "aicost anomalies notify --command /bin/true --test" },
  { line: "aicost sessions" },
  { line: "aicost plans" },
  { line: "aicost prices" },
  { line: "aicost prices show {model}" },
  { line: "aicost rates" },
  { line: "aicost whoami" },
  { line: "aicost subscriptions" },
  { line: "aicost credits" },
  { line: "aicost credits openai" },
  { line: "aicost budgets" },
  { line: "aicost budgets check", exit: 6 },
  { line: "aicost budgets notify --webhook {world}/notices --test" },
  { line: "aicost forecast" },
  { line: "aicost forecast --accuracy" },
  { line: "aicost forecast list" },
  { line: "aicost credentials" },
  { line: "aicost credentials log" },
  { line: "aicost credentials check" },
  { line: "aicost vault" },
  { line: "aicost doctor", exit: 6 },
  { line: "aicost db status" },
  { line: "aicost db check" },
  { line: "aicost db partitions" },
  { line: "aicost db migrate" },
];

/** What is changed after that, in the same home: what asks questions stands together, as far as the rest allows it. */
const CHANGES: readonly Session[] = [
  { line: "aicost export --output {home}/all.ndjson" },
  { line: "aicost import {samples}/openrouter_activity_daily.csv --dry-run" },
  { line: "aicost import {samples}/openrouter_activity_daily.csv {samples}/gcp_cost_table.csv" },
  { line: `aicost import {bad} --map date=when,cost=usd --provider groq`, exit: 4 },
  { line: "aicost sync --provider anthropic --since 2026-11-08" },
  { line: "aicost scan --yes" },
  { line: "aicost reprice --dry-run" },
  {
    line: "aicost records edit {record} --note 'a remark that is longer than eighty characters, and that the detail shows in full'",
  },
  { line: "aicost import {bad}", exit: 4, answers: [["does not know the columns", `${DOWN}${ENTER}`]] },
  { line: "aicost imports undo --last", answers: [["Undo the import", `y${ENTER}`]] },
  {
    line: "aicost add",
    answers: [
      ["Provider", ENTER],
      ["Amount in US dollars", `7.50${ENTER}`],
      ["What for", ENTER],
      ["Date", ENTER],
      ["Model", ENTER],
      ["Note", ENTER],
    ],
  },
  { line: "aicost records remove {record}", answers: [["Remove this record?", `y${ENTER}`]] },
  { line: "aicost records remove {record} --yes", exit: 4 },
  { line: "aicost tags add client-y --project site" },
  { line: "aicost tags remove client-x" },
  {
    line: "aicost budgets set week 25 --per week --project '{project}' --model '{model}' --kind usage,extra-usage",
  },
  { line: "aicost budgets remove everything-of-the-research-department" },
  { line: "aicost credits add openrouter 100" },
  { line: "aicost credits set openai 42.10" },
  { line: "aicost subscriptions change claude-max --cost 110 --from 2026-12-01" },
  { line: "aicost subscriptions cancel claude-max --on 2026-12-10" },
  { line: "aicost credits remove {credit}", answers: [["Remove", `y${ENTER}`]] },
  {
    line: "aicost subscriptions add chatgpt pro --since 2026-11-05 --name 'the second one'",
    answers: [["Which plan", `${DOWN}${ENTER}`]],
  },
  { line: "aicost subscriptions remove chatgpt-plus", answers: [["Remove", `y${ENTER}`]] },
  { line: "aicost prices set {model} --input 4.5 --output 20 --cache-read 0.45 --since 2026-11-01" },
  { line: "aicost prices remove {model} --since 2026-11-01" },
  { line: "aicost prices import {prices}" },
  { line: "aicost prices update --url {world}/prices.json" },
  { line: "aicost rates set AED 0.28 --date 2026-11-05" },
  { line: "aicost rates remove AED" },
  { line: "aicost rates import {rates}/eurofxref.csv" },
  { line: "aicost rates update" },
  { line: "aicost providers add my-other-gateway --display-name 'The other gateway'" },
  { line: "aicost prefs set timezone Pacific/Auckland" },
  { line: "aicost rates set EUR 1.08" },
  { line: "aicost prefs set currency EUR" },
  { line: "aicost report --range mtd --by provider,week" },
  { line: "aicost prefs set timezone Europe/Atlantis", exit: 2 },
  { line: "aicost credentials rename openai work" },
  { line: "aicost credentials disable openai" },
  { line: "aicost credentials enable openai" },
  { line: "aicost vault rotate" },
  { line: "aicost forecast remove --all", answers: [["Remove", `y${ENTER}`]] },
  {
    line: "aicost credentials rotate openai --base-url {world}/openai",
    answers: [["Key of", `{openai-key}${ENTER}`]],
  },
  { line: "aicost credentials remove openai", answers: [["Forget the key", `y${ENTER}`]] },
  {
    line: "aicost credentials add openai --base-url {world}/openai",
    answers: [["Key of", `{openai-key}${ENTER}`]],
  },
  {
    line: "aicost vault export {home}/vault.txt",
    answers: [
      ["Passphrase", `the words of a long passphrase${ENTER}`],
      ["Passphrase again", `the words of a long passphrase${ENTER}`],
    ],
  },
  {
    line: "aicost vault import {home}/vault.txt",
    answers: [["Passphrase", `the words of a long passphrase${ENTER}`]],
  },
  { line: "aicost vault reset", answers: [["?", `n${ENTER}`]] },
  { line: "aicost db refresh" },
  { line: "aicost db vacuum" },
  { line: "aicost db archive --before 2026-05 --to {home}/archive", answers: [["Move", `y${ENTER}`]] },
  { line: "aicost profiles use local" },
  { line: "aicost profiles use work", exit: 2 },
];

/** What is typed in one home, from the first line to the last: every command. */
export const SESSIONS: readonly Session[] = [...LOOKS, ...CHANGES];

/** What is typed with a Supabase project, in a home without a profile. */
export const PROJECT_SESSIONS: readonly Session[] = [
  {
    line: "aicost signup --url {url} --key {key} --email {new-email}",
    answers: [
      ["Password", `{password}${ENTER}`],
      ["The same password again", `{password}${ENTER}`],
    ],
  },
  { line: "aicost whoami" },
  { line: "aicost profiles" },
  { line: "aicost logout" },
  {
    line: "aicost login --url {url} --key {key} --email {email}",
    answers: [["Password", `wrong${ENTER}`]],
    exit: 3,
  },
  {
    line: "aicost login --url {url} --key {key} --email {email}",
    answers: [["Password", `{password}${ENTER}`]],
  },
  { line: "aicost report" },
  { line: "aicost import {samples}/openrouter_activity.csv" },
  { line: "aicost report --range all --by model" },
  { line: "aicost db status --db-url {db}" },
  { line: "aicost db check --db-url {db}" },
  { line: "aicost db migrate --db-url {db}" },
  { line: "aicost doctor" },
  { line: "aicost profiles use local" },
  { line: "aicost profiles remove supabase", exit: 2 },
  { line: "aicost logout --profile supabase" },
  { line: "aicost profiles remove supabase" },
];
