import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import Import from "../../src/commands/import.js";
import Undo from "../../src/commands/imports/undo.js";
import Prompt from "../../src/commands/prompt.js";
import Today from "../../src/commands/today.js";
import { changeConfig } from "../../src/lib/config/config.js";
import type { HostedProfile } from "../../src/lib/config/profiles.js";
import { folderOf } from "../../src/lib/store/read-model/current.js";
import { modelFile } from "../../src/lib/store/read-model/file.js";
import { forgetAnswer, keepAnswer } from "../../src/lib/today/kept-answer.js";
import { knownToday } from "../../src/lib/today/known.js";
import { statusLine } from "../../src/lib/render/today-line.js";
import { sessionIn } from "../../src/lib/today/agent-session.js";
import { promptAnswer } from "../../src/lib/today/prompt-line.js";
import { mayRefresh } from "../../src/lib/today/refresh.js";
import type { TodaySpend } from "../../src/lib/reports/today.js";
import { answer as lightAnswer } from "../../src/light/today.js";
import { covering, spend } from "../reports/daily-spend.js";
import { giveDatabase, openHome } from "../support/open-database.js";
import {
  answer,
  errorOf,
  fileIn,
  type Home,
  jsonOf,
  newHome,
  ROOT,
  runCommand,
  sharedHome,
} from "../support/cli.js";
import { added } from "./answers.js";

const NOON = new Date("2026-11-10T12:00:00Z");
const LINE = "$4.12 today · $61.30 Nov · pace $184";

// The clock alone stands still; timers go on.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

/** What the program does with these words: it asks the command framework only where it must. */
const light = (word: "prompt" | "today", argv: readonly string[], home: Home, input?: string) => {
  const entry = {
    run: async (rest: string[]) => {
      if (await lightAnswer([word, ...rest])) return;
      await (word === "prompt" ? Prompt.run(rest, ROOT) : Today.run(rest, ROOT));
    },
  };
  return runCommand(entry as unknown as typeof Prompt, argv, home, {}, input);
};

/** A home in which all of `LINE` is booked, and no prompt starts a refresh. */
const bookedHome = (): Home => {
  const home = newHome();
  cpSync(booked.dataDir, home.dataDir, { recursive: true });
  mayRefresh(home.dataDir, null, Date.now());
  return home;
};

/** A cost export of OpenAI, with a bucket for each day; an empty amount is a day without spend. */
const imported = (home: Home, name: string, days: [date: string, amount: string][]) => {
  const rows = days.map(([date, amount]) => {
    const start = Date.parse(date) / 1000;
    return `${start},${start + 86_400},${amount},usd\n`;
  });
  const file = fileIn(home, name, `start_time,end_time,amount_value,amount_currency\n${rows.join("")}`);
  return answer<{ imports: { id: string | null }[] }>(Import, [file], home);
};

const booked = sharedHome();
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  await giveDatabase(booked);
  await imported(booked, "cost.csv", [
    ["2026-11-01", ""],
    ["2026-11-02", "57.18"],
    ["2026-11-10", "4.12"],
  ]);
});

describe("aicost today, by what is known", () => {
  const lines = async (home: Home) => {
    const shown = await runCommand(Today, [], home);
    const prompt = await light("prompt", [], home);
    return [shown.stdout, prompt.stdout].map((text) => text.trimEnd());
  };

  it("has no pace if all was entered by hand, which tells of no day", async () => {
    const home = newHome();
    await giveDatabase(home);
    mayRefresh(home.dataDir, null, Date.now());
    const nothing = "Nothing is recorded this month. Import a file with: aicost import FILE";
    expect(await lines(home)).toEqual([nothing, ""]);
    await added(home, "-p", "openai", "-c", "20", "-d", "2026-11-03");
    expect(await lines(home)).toEqual(["$20.00 in Nov", "$20.00 in Nov"]);
    await added(home, "-p", "openai", "-c", "1", "-d", "2026-11-10");
    expect(await lines(home)).toEqual(Array(2).fill("$1.00 today · $21.00 Nov"));
    expect(await answer(Today, [], home)).toMatchObject({ pace_usd: null, data_to: null });
  });

  it("adds what was entered by hand to the pace of the days with data", async () => {
    const home = bookedHome();
    vi.setSystemTime("2026-11-12T12:00:00Z");
    await added(home, "-p", "openai", "-c", "1", "-d", "2026-11-12");
    // 61.30 + 1 and, on 19 more days, 6.13 each.
    expect(await lines(home)).toEqual(Array(2).fill("$1.00 today · $62.30 Nov, data to 10 Nov · pace $179"));
  });

  it("knows a day on which nothing was used, and forgets it with its import", async () => {
    const home = bookedHome();
    vi.setSystemTime("2026-11-12T12:00:00Z");
    const { imports } = await imported(home, "empty.csv", [["2026-11-12", ""]]);
    expect(await lines(home)).toEqual(Array(2).fill("$0.00 today · $61.30 Nov · pace $167"));
    expect((await answer<TodaySpend>(Today, [], home)).warnings).toEqual([
      "No data of openai on 2026-11-11 (1 day). See: aicost coverage",
    ]);
    expect(await runCommand(Undo, [imports[0]?.id ?? "", "--yes"], home)).toMatchObject({ exit: 0 });
    expect(await lines(home)).toEqual(Array(2).fill("$61.30 in Nov, data to 10 Nov, pace $184"));
  });
});

const refreshFile = ({ dataDir }: Home): string => path.join(dataDir, "prompt-refresh");

describe("aicost today and aicost prompt, on the embedded database", () => {
  it("say the same, with the command framework and without it, as long as nothing is booked and after that", async () => {
    const home = bookedHome();
    const alike = async (argv: string[], line: string) => {
      const said = { stdout: `${line}\n`, stderr: "", exit: 0 };
      for (const command of [Today, Prompt]) expect(await runCommand(command, argv, home)).toEqual(said);
      for (const word of ["today", "prompt"] as const) expect(await light(word, argv, home)).toEqual(said);
    };
    await alike([], LINE);
    await alike(["--format", "{yesterday}|{tokens}"], "$0.00|0");
    await alike(["--format={month} {month-name}"], "$61.30 Nov");
    vi.setSystemTime("2026-11-11T00:00:01Z");
    await alike([], "$61.30 in Nov, data to 10 Nov, pace $184");
    await alike(["--format", "{today} {yesterday} {tokens} {data-to}"], "– $4.12 – 10 Nov");
    vi.setSystemTime("2026-12-01T12:00:00Z");
    await alike([], "no data in Dec, data to 10 Nov");
    await alike(["--format", "{month} {pace}"], "– –");
    vi.setSystemTime("2027-01-02T12:00:00Z");
    await alike([], "no data in Jan, data to 10 Nov 2026");
  });

  it("print money as decimal strings for scripts", async () => {
    const home = bookedHome();
    const whole = {
      date: "2026-11-10",
      timezone: "UTC",
      today: { cost_usd: "4.12", record_count: 1 },
      yesterday: { cost_usd: "0", record_count: 0 },
      month: { cost_usd: "61.3", record_count: 2 },
      pace_usd: "183.9",
      data_to: "2026-11-10",
      as_of: NOON.toISOString(),
      current: true,
    };
    expect(await answer(Today, [], home)).toMatchObject(whole);
    expect(await answer(Prompt, [], home)).toMatchObject({ prompt: LINE, ...whole });
  });

  it("refuse a placeholder that there is not, before anything is read", async () => {
    for (const command of [Today, Prompt]) {
      const outcome = await runCommand(command, ["--format", "{cost}", "--json"], newHome());
      expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({
        exit: 2,
        code: "unknown_placeholder",
      });
    }
  });

  it("mark what is known if another process is writing, and open nothing", async () => {
    const home = bookedHome();
    const store = await openHome(home);
    try {
      const said = { stdout: `${LINE} (as of 12:00)\n`, stderr: "", exit: 0 };
      vi.setSystemTime("2026-11-10T12:00:30Z");
      expect(await light("prompt", [], home)).toEqual(said);
      expect(await runCommand(Prompt, [], home)).toEqual(said);
      expect(jsonOf(await runCommand(Prompt, ["--json"], home))).toMatchObject({ current: false });
      const busy = await runCommand(Today, ["--json"], home, { AICOST_WAIT: "0" });
      expect({ exit: busy.exit, ...errorOf(busy) }).toMatchObject({ exit: 5, code: "database_in_use" });
    } finally {
      await store.close();
    }
    expect(await light("prompt", [], home)).toMatchObject({ stdout: `${LINE}\n` });
  });
});

describe("aicost prompt", () => {
  it("prints nothing if nothing is known, and makes nothing", async () => {
    const home = newHome();
    expect(await light("prompt", [], home)).toEqual({ stdout: "", stderr: "", exit: 0 });
    expect(await answer(Prompt, [], home)).toEqual({ prompt: null, warnings: [] });
    expect(readdirSync(home.folder)).toEqual(["config"]);
  });

  it("prints nothing if the config file is broken, and leaves that to other commands", async () => {
    const home = newHome();
    fileIn(home, "config/config.json", "{");
    expect(await light("prompt", [], home)).toEqual({ stdout: "", stderr: "", exit: 0 });
    expect(await runCommand(Today, ["--json"], home)).toMatchObject({ exit: 4 });
  });

  it("refuses a profile that there is not, if it is named just now", async () => {
    const home = newHome();
    const outcome = await runCommand(Prompt, ["--profile", "work", "--json"], home);
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 2, code: "profile_unknown" });
    expect(await runCommand(Prompt, [], home, { AICOST_PROFILE: "work" })).toMatchObject({
      stdout: "",
      exit: 0,
    });
  });

  it("prints nothing of a damaged model, of one whose database is gone, or of no model", async () => {
    const nothing = { stdout: "", stderr: "", exit: 0 };
    const home = bookedHome();
    truncateSync(modelFile(home.dataDir), statSync(modelFile(home.dataDir)).size - 3);
    expect(await light("prompt", [], home)).toEqual(nothing);
    rmSync(modelFile(home.dataDir));
    expect(await light("prompt", [], home)).toEqual(nothing);
    expect(await runCommand(Today, [], home)).toMatchObject({ stdout: `${LINE}\n` });
    rmSync(folderOf(home.dataDir), { recursive: true });
    rmSync(refreshFile(home));
    expect(await light("prompt", [], home)).toEqual(nothing);
    expect(readdirSync(home.dataDir), "no refresh is noted").not.toContain("prompt-refresh");
  });
});

describe("aicost prompt --agent claude-code", () => {
  const STATUS = {
    session_id: "4f1c",
    cwd: "/home/ada/shop/src",
    model: { id: "claude-opus-4-6", display_name: "Opus" },
    workspace: { current_dir: "/home/ada/shop/src", project_dir: "/home/ada/shop" },
    cost: { total_cost_usd: 0.41872, total_duration_ms: 45_000 },
  };
  const status = (home: Home, input: string, ...argv: string[]) =>
    light("prompt", ["--agent", "claude-code", ...argv], home, input);

  it("says what the session costs by the agent's own estimate, behind what aicost knows", async () => {
    const home = bookedHome();
    const input = JSON.stringify(STATUS);
    expect(await status(home, input)).toMatchObject({ stdout: `${LINE} · session ~$0.42\n`, exit: 0 });
    expect(await status(newHome(), input)).toMatchObject({ stdout: "session ~$0.42\n", exit: 0 });
    const format = "{model} in {project}: {session}, {today} today";
    expect((await status(home, input, "--format", format)).stdout).toBe(
      "Opus in shop: ~$0.42, $4.12 today\n",
    );
    expect((await status(newHome(), input, `--format=${format}`)).stdout).toBe(
      "Opus in shop: ~$0.42, – today\n",
    );
    expect(jsonOf(await status(home, input, "--json"))).toMatchObject({
      prompt: `${LINE} · session ~$0.42`,
      session: { cost_usd: "0.41872", model: "Opus", project: "shop" },
      month: { cost_usd: "61.3" },
    });
  });

  it("puts the age of its figures before the session", async () => {
    const home = bookedHome();
    truncateSync(path.join(folderOf(home.dataDir), "global/pg_control"), 100);
    const { stdout } = await status(home, JSON.stringify(STATUS));
    expect(stdout).toBe(`${LINE} (as of 12:00) · session ~$0.42\n`);
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{ cost: "],
    ["another document", '["cost"]'],
    ["no cost", JSON.stringify({ ...STATUS, cost: undefined })],
    ["a cost that is none", JSON.stringify({ ...STATUS, cost: { total_cost_usd: "0.4" } })],
    ["a cost below zero", '{"cost":{"total_cost_usd":-1}}'],
    ["a cost without end", '{"cost":{"total_cost_usd":1e999}}'],
  ])("prints what it knows if the agent says %s", async (_, input) => {
    expect(await status(bookedHome(), input)).toEqual({ stdout: `${LINE}\n`, stderr: "", exit: 0 });
    expect(await status(newHome(), input)).toEqual({ stdout: "", stderr: "", exit: 0 });
  });

  it("reads names of any kind as text of one line", () => {
    expect(sessionIn('{"workspace":{"current_dir":"C:\\\\work\\\\shop"},"model":{"id":"m"}}')).toEqual({
      cost_usd: null,
      model: "m",
      project: "shop",
    });
    expect(sessionIn('{"workspace":7,"model":[],"cwd":"/","cost":{"total_cost_usd":1e-7}}')).toEqual({
      cost_usd: "0.0000001",
      model: null,
      project: null,
    });
    const model = `\u001b[31m${"long\n".repeat(200)}`;
    const line = statusLine(null, { cost_usd: null, model, project: null }, "{model}");
    expect(line).toMatch(/^[^\p{Cc}]{1,200}$/u);
  });

  it("takes no other agent", async () => {
    const outcome = await light("prompt", ["--agent", "cursor", "--json"], newHome());
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 2, code: "usage" });
  });
});

describe("mayRefresh", () => {
  const folder = (): string => {
    const home = newHome();
    mkdirSync(home.dataDir);
    return home.dataDir;
  };
  const SECOND = 1000;
  const MINUTE = 60 * SECOND;
  const start = NOON.getTime();

  it("allows one a minute, and ever fewer while they bring nothing new", () => {
    const dataDir = folder();
    const allowed = (after: number, known: string) => mayRefresh(dataDir, known, start + after);
    expect([0, 0, MINUTE - 1, MINUTE].map((after) => allowed(after, "a"))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect([2.9 * MINUTE, 3 * MINUTE].map((after) => allowed(after, "a"))).toEqual([false, true]);
    let starts = 0;
    for (let after = 3 * MINUTE; after < 24 * 60 * MINUTE; after += 5 * SECOND)
      starts += Number(allowed(after, "a"));
    expect(starts).toBeLessThan(30);
    // Something new was learned: a minute again.
    const day = 26 * 60 * MINUTE;
    expect([0, MINUTE - 1, MINUTE].map((after) => allowed(day + after, "b"))).toEqual([true, false, true]);
  });

  it("allows one if a process looked at the clock before another one that was faster", () => {
    const dataDir = folder();
    expect([0, -5].map((after) => mayRefresh(dataDir, null, start + after))).toEqual([true, false]);
  });

  it("is not stopped by a clock that was set back, nor by a note that was cut short", () => {
    const dataDir = folder();
    const file = path.join(dataDir, "prompt-refresh");
    expect(mayRefresh(dataDir, "a", start)).toBe(true);
    expect([-60, -59].map((hours) => mayRefresh(dataDir, "a", start + hours * 60 * MINUTE))).toEqual([
      true,
      true,
    ]);
    for (const spoiled of ["", "{", "null", '{"at":1}', '{"at":9e15,"pause":1e99,"known":null}']) {
      writeFileSync(file, spoiled);
      expect([0, 1].map((after) => mayRefresh(dataDir, "a", start + after))).toEqual([true, false]);
    }
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ at: start, pause: MINUTE, known: "a" });
  });

  it("allows none if that cannot be noted", () => {
    const dataDir = folder();
    mkdirSync(path.join(dataDir, "prompt-refresh"));
    expect(mayRefresh(dataDir, null, start)).toBe(false);
    expect(mayRefresh(path.join(dataDir, "nowhere"), null, start)).toBe(false);
  });
});

describe("what a project answered", () => {
  const url = "https://abcdefghijklmnopqrst.supabase.co";
  const key = "sb_publishable_aaaaaaaaaaaaaaaa";
  const profileOf = (user_id: string): HostedProfile => {
    const session = { id: "s", kept: "file" as const, user_id, email: "you@example.com" };
    return { kind: "hosted", name: "work", url, key, saved: { url, key, session }, token: undefined };
  };
  const preferences = { timezone: "UTC" } as Parameters<typeof keepAnswer>[2]["preferences"];
  const days = [
    spend({ date: "2026-11-02", usage_usd: "57.18" }),
    spend({ date: "2026-11-10", usage_usd: "4.12" }),
  ];
  const coverage = covering({ openai: [["2026-11-01", "2026-11-10"]] });
  const signedInHome = (): Home => {
    const home = newHome();
    changeConfig(home.configDir, (config) => {
      config.profile = "work";
      config.profiles["work"] = profileOf("ada").saved ?? { url, key };
    });
    keepAnswer(
      profileOf("ada"),
      home.dataDir,
      {
        preferences,
        days,
        coverage,
        rates: null,
        forecast: null,
        due: { next_due: null, unbooked: [], coming: [] },
        budgets: [],
        names: {},
        budget_rates: {},
      },
      NOON,
    );
    return home;
  };
  const at = (home: Home, after: number) => {
    const { line, refresh } = promptAnswer(home, {}, new Date(NOON.getTime() + after));
    return { line, refresh };
  };

  it("is told by prompts for five minutes, then with its time, and is learned anew", () => {
    const home = signedInHome();
    expect(at(home, 299_999)).toEqual({ line: LINE, refresh: null });
    expect(at(home, 300_000)).toEqual({ line: `${LINE} (as of 12:00)`, refresh: "work" });
    expect(at(home, 300_001)).toEqual({ line: `${LINE} (as of 12:00)`, refresh: null });
    expect(at(home, -1), "a clock that was set back").toEqual({
      line: `${LINE} (as of 12:00)`,
      refresh: "work",
    });
  });

  it("is for who is signed in, on that project, and for nobody else's eyes", () => {
    const { dataDir } = signedInHome();
    const known = (profile: HostedProfile) => knownToday(profile, dataDir, NOON).spends?.spend.today.cost_usd;
    const ada = profileOf("ada");
    expect(known(ada)).toBe("4.12");
    expect(known(profileOf("bob"))).toBeUndefined();
    expect(known({ ...ada, token: "eyJ" })).toBeUndefined();
    expect(known({ ...ada, url: "https://other.supabase.co" })).toBeUndefined();
    expect(known({ ...ada, saved: { url, key } })).toBeUndefined();
    expect(readdirSync(dataDir)).toEqual(["answer-work"]);
    expect(statSync(path.join(dataDir, "answer-work")).mode & 0o777).toBe(0o600);
    forgetAnswer(dataDir, "work");
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it("is not kept for an access token of the environment", () => {
    const { dataDir } = newHome();
    keepAnswer(
      { ...profileOf("ada"), token: "eyJ" },
      dataDir,
      {
        preferences,
        days,
        coverage,
        rates: null,
        forecast: null,
        due: { next_due: null, unbooked: [], coming: [] },
        budgets: [],
        names: {},
        budget_rates: {},
      },
      NOON,
    );
    expect(() => readdirSync(dataDir)).toThrow("ENOENT");
  });
});
