import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { daysAfter } from "../../src/lib/dates/days.js";
import { sampleHome } from "../agents/homes.js";
import { type AnsweringServer, startAnswering } from "../support/answering-server.js";
import { fileIn, type Home, jsonOf, makeHome, ROOT, runWords, sample } from "../support/cli.js";
import { giveDatabase, inOneOpening } from "../support/open-database.js";
import { ANTHROPIC_KEYS, replayAnthropic } from "../support/replay/anthropic.js";
import { OPENAI_KEYS, replayOpenai } from "../support/replay/openai.js";
import { byItsClock, wordsOf } from "./play.js";

/** It is the evening of a day with data. */
export const NOW = "2026-11-28T18:30:00Z";

/** What has no short name: models, projects, keys and accounts, one of them of wide characters. */
const LONG = {
  model: "us.anthropic.claude-opus-5-5-20261001-v1:0-thinking-extended-context-preview",
  otherModel: "us.anthropic.claude-opus-5-5-20261001-v1:0-thinking-extended-context-release",
  wideModel: "通義千問-超大規模言語モデル-プレビュー版-二〇二六年十一月",
  project: "acme-international/research-and-development/a-project-with-a-long-name",
  wideProject: "東京の請求書プロジェクト・二〇二六年度下半期",
  key: "ci-pipeline-of-the-monorepo-deploy-key-2026",
  account: "Acme International Research and Development Holding",
} as const;

/** 100 days until yesterday of models and projects with long names; one day stands out. */
const bill = (): string => {
  const days = Array.from({ length: 100 }, (_, at) => daysAfter("2026-11-27", at - 99));
  const rows = days.flatMap((day, at) => {
    const spike = day === "2026-11-12" ? 90 : 1;
    const cost = (12.3456 + (at % 5)) * spike;
    return [
      [day, cost.toFixed(4), LONG.model, LONG.project, LONG.key, 1_234_567 * spike, 45_678],
      [day, "3.2", LONG.otherModel, "site", LONG.key, 400_000, 12_345],
      [day, "0.75", LONG.wideModel, LONG.wideProject, "鍵", 90_000, 2345],
    ].map((cells) => cells.join(","));
  });
  return ["when,usd,model,team,key,in,out", ...rows].join("\n");
};

const MAP = "date=when,cost=usd,model=model,project=team,key=key,input_tokens=in,output_tokens=out";

const PRICE_LIST = {
  rows: [
    {
      provider: "openai",
      model: "gpt-6.2-sol",
      since: "2026-11-20",
      rates: { input_mtok: "3", output_mtok: "15" },
    },
    {
      provider: "openai",
      model: LONG.model,
      since: null,
      rates: { input_mtok: "3.123456", output_mtok: "15" },
    },
  ],
};

/** Who sends and takes what goes over the network: two providers, price lists, exchange rates, notices. */
const startWorld = (): Promise<AnsweringServer> =>
  startAnswering((incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", "http://localhost");
    const [, place = "", ...rest] = url.pathname.split("/");
    const replay = { anthropic: replayAnthropic, openai: replayOpenai }[place];
    if (replay !== undefined) {
      const { method = "", headers } = incoming;
      const asked = { method, path: `/${rest.join("/")}`, query: url.searchParams, headers, body: null };
      const { status, body } = replay(asked);
      outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    } else if (place === "rates") {
      outgoing.end(readFileSync(path.join(ROOT, "test/fixtures/rates", rest.join("/"))));
    } else {
      incoming.resume();
      outgoing.end(place === "prices.json" ? JSON.stringify(PRICE_LIST) : "ok");
    }
  });

/** A person who has used the program for a while, with a terminal of each size. */
export interface Person {
  homes: readonly Home[];
  env: Record<string, string>;
  /** What stands for the names in braces of a line that is typed. */
  names: Readonly<Record<string, string>>;
  leave: () => Promise<void>;
}

const ENV = { AICOST_SECRETS: "file" };

/** The lines that are typed before anything is looked at; names in braces are files and addresses. */
const SET_UP = [
  "aicost import {samples}/anthropic_cost_2026_08.csv {samples}/anthropic_usage_daily.csv {samples}/openai_completions_usage_2026.csv {samples}/openai_cost_2026_by_line_item.csv {samples}/openrouter_activity.csv {samples}/cursor_usage_events_2026_09.csv {samples}/copilot_ai_usage_2026.csv {samples}/litellm_spend_logs.csv {samples}/focus_1_2.csv",
  "aicost import {examples}/anthropic-cost.csv {examples}/openai-usage.csv {examples}/cursor-usage.csv",
  `aicost import {bill} --map ${MAP} --provider amazon-bedrock --account '${LONG.account}' --save-map bedrock --add-providers`,
  "aicost rates import {rates}/eurofxref-hist.zip",
  "aicost rates set AED 0.2723",
  "aicost prices set gpt-6.2-sol --input 3 --output 15",
  `aicost prices set ${LONG.model} --input 3.123456 --output 15 --since 2026-01-01`,
  "aicost scan --yes --plan claude-code=max",
  "aicost subscriptions add claude max --since 2026-01-15",
  "aicost subscriptions add chatgpt plus --since 2026-03-03",
  "aicost subscriptions add mistral team --since 2026-02-01 --cost 24.99 --currency EUR --seats 3 --tax 19 --name 'mistral for the whole of the team'",
  "aicost subscriptions add cursor pro --since 2026-11-10 --trial-until 2026-11-24",
  "aicost credits add openrouter 100 --date 2026-08-03",
  "aicost credits add openai 50 --date 2026-10-01 --expires 2026-12-05",
  "aicost credits set anthropic 18 --date 2026-11-01 --expires 2027-05-12",
  "aicost budgets set api 100",
  `aicost budgets set everything-of-the-research-department 400 --per week --project '${LONG.project}' --kind usage,extra-usage`,
  "aicost budgets set claude 60 --reset-day 17 --provider anthropic",
  `aicost tags add client-x --project 'acme-*' --key '${LONG.key}'`,
  "aicost tags add 'all of what the agents did' --provider anthropic,openai,openrouter,cursor,litellm",
  "aicost providers add my-gateway --display-name 'The gateway of my own'",
  "aicost add --provider my-gateway --cost 1234567.89 --date 2026-10-02 --note 'a note that is longer than the column in which it is shown, and says nothing'",
  "aicost add --provider openrouter --cost -25 --kind credit --date 2026-11-01 --note 'refunded'",
  "aicost add --provider mistral --cost 4.20 --currency EUR --date 2026-11-27",
  "aicost credentials add anthropic --key-stdin --base-url {world}/anthropic",
  "aicost credentials add openai --name the-key-of-the-whole-company --key-stdin --base-url {world}/openai",
  "aicost forecast",
];

const KEYS: Record<string, string> = { anthropic: ANTHROPIC_KEYS.admin, openai: OPENAI_KEYS.admin };

/** Prepares a person's homes, in this process. They stay until the person leaves. */
export const newPerson = async (homesNeeded: number): Promise<Person> => {
  const home = await giveDatabase(makeHome());
  cpSync(sampleHome(), home.folder, { recursive: true });
  const world = await startWorld();
  const env = { ...ENV, AICOST_RATES_URL: `${world.url}/rates` };
  const files = {
    world: world.url,
    samples: path.dirname(sample("x")),
    examples: path.join(ROOT, "examples"),
    rates: path.join(ROOT, "test/fixtures/rates"),
    bill: fileIn(home, "the-bill-of-bedrock-with-a-long-name-of-its-own-2026-11.csv", bill()),
    prices: fileIn(home, "prices.json", JSON.stringify(PRICE_LIST)),
    bad: fileIn(home, "bad.csv", "when,usd\n2026-11-05,1.50\nyesterday,2\n"),
    model: LONG.model,
    project: LONG.project,
    "openai-key": OPENAI_KEYS.admin,
  };
  const run = async (words: readonly string[]) => {
    const input = words[0] === "credentials" ? `${KEYS[words[2] ?? ""]}\n` : "";
    const outcome = await runWords([...words, "--json"], home, { env: { ...env, HOME: home.folder }, input });
    if (outcome.exit !== 0) throw new Error(`${words.join(" ")}: ${outcome.stdout}`);
    return outcome;
  };
  return byItsClock({ now: NOW }, async () => {
    const ids = await inOneOpening(home, async () => {
      for (const line of SET_UP) await run(wordsOf(line, files));
      const { imports } = jsonOf<{ imports: { id: string; source_name: string }[] }>(await run(["imports"]));
      const records = await run(["records", "--range", "all", "--method", "manual"]);
      const credits = await run(["credits", "openai"]);
      return {
        import: imports.find(({ source_name }) => source_name.includes("bedrock"))?.id ?? "",
        record: jsonOf<{ records: { id: string }[] }>(records).records[0]?.id ?? "",
        credit: JSON.stringify(credits.stdout).match(/[0-9a-f]{8}-[0-9a-f-]{27}/)?.[0] ?? "",
      };
    });
    const homes = Array.from({ length: homesNeeded }, () => {
      const copy = makeHome();
      cpSync(home.folder, copy.folder, { recursive: true });
      return copy;
    });
    return { homes, env, names: { ...files, ...ids }, leave: world.stop };
  });
};
