/** A few of the commands, each with what it is for; the names of the others. */
interface Group {
  title: string;
  first: Readonly<Record<string, string>>;
  also?: readonly string[];
}

/** Every command without its topic once; a new one goes into one of these. */
export const GROUPS: readonly Group[] = [
  {
    title: "See your spend",
    first: {
      report: "what you spent, by day, model, provider, project …",
      today: "what you spent today and this month, in one line",
      explain: "why spend changed",
    },
    also: ["anomalies", "records", "sessions", "coverage", "tags", "prompt"],
  },
  {
    title: "Bring it in",
    first: {
      import: "the CSV files that providers let you download",
      scan: "the logs of your coding agents on this machine",
      sync: "what providers answer to your keys (credentials)",
    },
    also: ["add", "imports", "providers", "credentials"],
  },
  {
    title: "Plan ahead",
    first: { forecast: "what you are likely to spend, and what the month comes to" },
    also: ["budgets", "subscriptions", "upcoming", "credits", "plans"],
  },
  {
    title: "Keep it right and safe",
    first: { doctor: "what is set up and what is wrong", export: "everything to one file" },
    also: ["db", "vault", "prices", "rates", "reprice"],
  },
  {
    title: "Settings",
    first: { login: "work on your own Supabase project" },
    also: ["logout", "signup", "whoami", "profiles", "prefs", "completion", "schema"],
  },
];

const NAME_WIDTH = 11;

const line = (name: string, text: string): string => `  ${name.padEnd(NAME_WIDTH)}${text}`;

/** What `aicost` prints if nothing else is typed: at most 24 lines of 80 columns. */
export const firstScreen = (): string =>
  [
    "aicost: see what you spend on AI. Start with a file that a provider gave you:",
    "  aicost import FILE     (aicost providers says where to download it)",
    ...GROUPS.flatMap(({ title, first, also }) => [
      title.toUpperCase(),
      ...Object.entries(first).map(([name, text]) => line(name, text)),
      ...(also === undefined ? [] : [line("also", also.join(", "))]),
    ]),
    "More of a command: aicost COMMAND --help",
  ].join("\n");
