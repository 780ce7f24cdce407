import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Hidden } from "../../src/lib/secrets/hidden.js";
import { holdsSecret } from "../../src/lib/record/secret-form.js";
import { redacted } from "../../src/lib/secrets/redact.js";
import {
  aicost,
  fileIn,
  type Home,
  inTerminal,
  jsonOf,
  type Outcome,
  type Running,
  runWords,
  sharedHome,
  start,
} from "../support/cli.js";
import { asOwner, giveDatabase, homeWithDatabase } from "../support/open-database.js";
import { type Replay, type ReplayRequest, type Reply, startReplay } from "../support/replay.js";
import { keep, type Kept, vaultFile, vaultOf } from "../support/stored-keys.js";

vi.stubEnv("AICOST_SECRETS", "file");

/** Letters and digits that nothing else has. */
const random = (length: number): string =>
  randomBytes(4 * length)
    .toString("base64")
    .replaceAll(/[^A-Za-z0-9]/g, "")
    .slice(0, length);

/** Two keys of the one provider, and of others keys that nothing marks as such. */
const KEYS = {
  anthropic: `sk-ant-admin01-${random(40)}-${random(20)}_${random(30)}AA`,
  another: `sk-ant-admin01-${random(93)}AA`,
  mistral: random(32),
  litellm: `master.${random(40)}=`,
};

const PASSPHRASE = `horse ${random(20)} battery`;

/** How long the pieces of a secret are that are searched for. */
const PIECE = 10;

/** What of a secret is found nowhere: any twenty of its characters have ten of these in a row. Its end may be shown. */
const piecesOf = (secret: string): string[] => {
  const middle = secret.replace(/^sk-ant-admin01-/, "").slice(0, -4);
  const forms = [middle, middle.toLowerCase(), Buffer.from(middle).toString("base64")];
  return forms.flatMap((form) => form.match(new RegExp(`.{${PIECE}}`, "g")) ?? []);
};

/**
 * Finds pieces in one pass over files of many megabytes: two bytes tell how far the next piece can begin behind them.
 * @returns where the first of them is; -1 if there is none
 */
const searchFor = (pieces: readonly string[]): ((content: Buffer) => number) => {
  const wanted = new Set(pieces);
  const last = PIECE - 2;
  const steps = new Uint8Array(0x1_00_00).fill(last + 1);
  for (const piece of pieces.map((text) => Buffer.from(text))) {
    for (let at = 0; at <= last; at += 1) {
      const pair = piece.readUInt16BE(at);
      steps[pair] = Math.min(steps[pair]!, last - at);
    }
  }
  return (content) => {
    let at = 0;
    while (at + PIECE <= content.length) {
      const step = steps[(content[at + last]! << 8) | content[at + last + 1]!]!;
      if (step === 0 && wanted.has(content.toString("latin1", at, at + PIECE))) return at;
      at += Math.max(1, step);
    }
    return -1;
  };
};

/** All that lies below a home, but for the vault itself. */
const filesOf = (home: Home): { name: string; content: Buffer }[] =>
  readdirSync(home.folder, { recursive: true, encoding: "utf8" })
    .map((name) => ({ name, file: path.join(home.folder, name) }))
    .filter(({ file }) => statSync(file).isFile() && file !== vaultFile(home))
    .map(({ name, file }) => ({ name, content: readFileSync(file) }));

/** Expects that no secret is in what was said, nor in any file of a home. */
const expectNoLeak = async (home: Home, outcomes: readonly Outcome[]): Promise<void> => {
  const ring = await vaultOf(home).ring();
  const secrets = [
    ...Object.values(KEYS),
    PASSPHRASE,
    ...(ring?.keys ?? []).map(({ secret }) => secret.reveal()),
  ];
  const places = [
    ...outcomes.map(({ stdout, stderr }, at) => ({
      name: `run ${at}`,
      content: Buffer.from(stdout + stderr),
    })),
    ...filesOf(home),
  ];
  const search = searchFor(secrets.flatMap(piecesOf));
  const found = places.flatMap(({ name, content }) => {
    const at = search(content);
    return at === -1 ? [] : [`${name}: ${content.toString("latin1", Math.max(0, at - 60), at + 20)}`];
  });
  expect(found).toEqual([]);
};

/** Expects that files are searched where a secret would be: what is stored beside it is found there. */
const expectSearched = (home: Home, text: string): void =>
  expect(
    filesOf(home)
      .filter(({ content }) => content.includes(text))
      .map(({ name }) => name.replace(/[^/]*$/, "")),
  ).toEqual(expect.arrayContaining(["data/database/pg_wal/", expect.stringMatching(/base/)]));

const keyIn = ({ headers }: ReplayRequest): string =>
  String(headers["x-api-key"] ?? headers.authorization?.replace(/^Bearer /, ""));

const refusing = (status: number, body: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "x-should-retry": "false", ...headers },
  body,
});

/** All that a provider may do with a key that it was given. */
const ECHOES: Record<string, (key: string) => Reply> = {
  "401": (key) =>
    refusing(401, { error: { message: `Incorrect API key provided: ${key}.` } }, { "x-key": key }),
  "403": (key) => refusing(403, { error: `Key "${key}" (${encodeURIComponent(key)}) may not do this` }),
  "400": (key) => refusing(400, { detail: `?api_key=${encodeURIComponent(key)}&x=${JSON.stringify(key)}` }),
  "402": (key) => refusing(402, { message: `${key}${key} owes money` }),
  "404": (key) => refusing(404, { error: { message: `${"x".repeat(290)}${key}` } }),
  "429": (key) => refusing(429, { error: { message: key } }, { "retry-after": key }),
  "500": (key) => refusing(500, { error: { message: `panic: token=${key}` } }),
  page: (key) => ({ status: 200, body: `<html>${key}</html>` }),
  list: (key) => ({ status: 200, body: [key] }),
  type: (key) => ({ status: 200, body: { id: { [key]: key }, data: key, results: key, [key]: 1 } }),
  field: (key) => ({
    status: 200,
    body: { data: [{ results: [{ amount: key, [key]: key }] }], results: [key] },
  }),
  "to a path": (key) => refusing(302, "", { location: `https://example.com/${key}?key=${key}` }),
  "to a host": (key) =>
    refusing(307, "", { location: `https://${key.replaceAll(/[_=]/g, "-")}.example.com/` }),
  "to a user": (key) => refusing(308, "", { location: `https://${key}:${key}@example.com/` }),
};

/** A provider that does to a key what the first part of the address says. */
const replayEchoes: Replay = (request) => {
  const mode = Object.keys(ECHOES)[Number(request.path.split("/")[1])] ?? "401";
  return ECHOES[mode]!(keyIn(request));
};

/** Every key at every such address. */
const everyEcho = (url: string): Kept[] =>
  (["anthropic", "mistral"] as const).flatMap((provider) =>
    Object.keys(ECHOES).map((mode, at) => ({
      provider,
      name: mode.replaceAll(" ", "-"),
      key: KEYS[provider],
      metadata: { base_url: `${url}/${at}` },
    })),
  );

const DEBUG = { DEBUG: "*" };

/** Milliseconds for a test that runs the program many times. */
const LONG = 120_000;

/** Runs the built program with all that can be said, for people and for scripts. */
const inBothForms = async (
  argv: readonly string[],
  home: Home,
  input = "",
  env = DEBUG,
): Promise<Outcome[]> => [
  await aicost(argv, home, { env, input }),
  await aicost([...argv, "--json"], home, { env, input }),
];

const exits = (outcomes: readonly Outcome[]): (number | null)[] => [
  ...new Set(outcomes.map(({ exit }) => exit)),
];

describe("a provider that says the key in everything that it says", () => {
  it(
    "is not believed: its refusals of stored keys show none",
    async () => {
      const home = await homeWithDatabase();
      const { url } = await startReplay(replayEchoes);
      await keep(home, ...everyEcho(url));
      const checks = await inBothForms(["credentials", "check"], home);
      const syncs = [await aicost(["sync", "--since", "2026-11-07"], home, { env: DEBUG })];
      expect([exits(checks), exits(syncs)]).toEqual([[expect.toBeOneOf([3, 5])], [expect.toBeOneOf([3, 5])]]);
      expect(checks[0]?.stderr).toContain("oclif");
      const told = jsonOf<{ credentials: { name: string; status: string; message: string | null }[] }>(
        checks[1]!,
      ).credentials;
      // Two of them say nothing that is needed of these answers.
      const valid = told.filter(({ status }) => status === "valid").map(({ name }) => name);
      expect([...new Set(valid)]).toEqual(["field", "type"]);
      expect(told.filter(({ message }) => message?.includes("[key removed]")).length).toBeGreaterThan(12);
      await expectNoLeak(home, [...checks, ...syncs]);
      expectSearched(home, url);
    },
    LONG,
  );

  it.each(["401", "field", "to a host"])("shows none if a key is stored or replaced: %s", async (mode) => {
    const home = await homeWithDatabase();
    const { url } = await startReplay(replayEchoes);
    await keep(home, { provider: "mistral", key: KEYS.mistral, metadata: { base_url: url } });
    const at = ["--base-url", `${url}/${Object.keys(ECHOES).indexOf(mode)}`, "--key-stdin"];
    const outcomes = [
      ...(await inBothForms(["credentials", "add", "anthropic", ...at], home, KEYS.anthropic)),
      await aicost(["credentials", "add", "litellm", ...at, "--json"], home, {
        env: DEBUG,
        input: KEYS.litellm,
      }),
      await aicost(["credentials", "rotate", "mistral", ...at], home, { env: DEBUG, input: KEYS.mistral }),
    ];
    expect(outcomes[0]?.exit).toBeOneOf([3, 5]);
    await expectNoLeak(home, outcomes);
  });

  it("is kept without it, even if it is in what was spent", { timeout: LONG }, async () => {
    const home = await homeWithDatabase();
    const { url } = await startReplay(replaySpend);
    const input = { input: KEYS.anthropic, env: DEBUG };
    const outcomes = [
      await aicost(["credentials", "add", "anthropic", "--base-url", url, "--key-stdin"], home, input),
      ...(await inBothForms(["sync", "--since", "2026-11-07"], home)),
      await runWords(["records", "--range", "all", "--json"], home),
      await runWords(["imports", "--json"], home),
    ];
    expect(exits(outcomes)).toEqual([0]);
    expect(jsonOf(outcomes.at(-2)!)).toMatchObject({
      total: expect.toSatisfy((n: number) => n > 0) as number,
    });
    await expectNoLeak(home, outcomes);
  });
});

/** An Anthropic that names everything after the key. */
const replaySpend: Replay = (request) => {
  const key = keyIn(request);
  const headers = { "x-api-key": key, "set-cookie": `key=${key}` };
  if (request.path.endsWith("/me")) {
    return { status: 200, headers, body: { id: `org-${key}`, name: `Org of ${key}`, type: "organization" } };
  }
  if (!request.path.endsWith("/cost_report") || request.query.has("page")) {
    return { status: 200, headers, body: { data: [], has_more: false, next_page: null } };
  }
  const result = {
    currency: "USD",
    amount: "123.45",
    workspace_id: key,
    description: `Claude Usage of ${key}`,
    cost_type: "tokens",
    model: key,
    token_type: "uncached_input_tokens",
  };
  const day = { starting_at: "2026-11-08T00:00:00Z", ending_at: "2026-11-09T00:00:00Z", results: [result] };
  return { status: 200, headers, body: { data: [day], has_more: false, next_page: null } };
};

/** A provider that takes every key. */
const replayWell: Replay = ({ path: asked }) => ({
  status: 200,
  body: asked.endsWith("/me")
    ? { id: "org-1", name: "Demo Org", type: "organization" }
    : { data: [], has_more: false, next_page: null },
});

/** What every process of this machine was started with, and in what environment. */
const processes = (): Buffer[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => ["cmdline", "environ"].map((file) => `/proc/${pid}/${file}`))
    .map((file) => {
      try {
        return readFileSync(file);
      } catch {
        return Buffer.alloc(0);
      }
    });

/** Looks at all processes until the program ends. @returns those lines that hold a secret, or this text */
const watched = async ({ child, outcome }: Running, text: string) => {
  const search = searchFor([...Object.values(KEYS), PASSPHRASE].flatMap(piecesOf));
  const seen = { secrets: [] as string[], texts: 0 };
  while (child.exitCode === null && child.signalCode === null) {
    for (const line of processes()) {
      if (line.includes(text)) seen.texts += 1;
      if (search(line) !== -1) seen.secrets.push(line.toString("latin1"));
    }
    await sleep(40);
  }
  return { ...(await outcome), ...seen };
};

describe("all that is done with keys", () => {
  it(
    "leaves them only in their ciphertexts, with all that can be said, and shows none among the processes",
    async () => {
      const home = await homeWithDatabase();
      const { url } = await startReplay(replayWell);
      const outcomes: Outcome[] = [];
      const run = async (argv: string[], input = ""): Promise<void> => {
        outcomes.push(await aicost(argv, home, { env: DEBUG, input }));
      };
      const runWatched = async (argv: string[], input = ""): Promise<void> => {
        const running = start(argv, home, { env: DEBUG, input });
        const { secrets, texts, ...outcome } = await watched(running, argv[1] ?? "");
        expect({ exit: outcome.exit, secrets }, argv.join(" ")).toEqual({ exit: 0, secrets: [] });
        expect(texts, "the program itself").toBeGreaterThan(1);
        outcomes.push(outcome);
      };
      const file = path.join(home.folder, "vault.txt");
      const base = ["--base-url", url, "--key-stdin"];
      const json = ["--json"];
      await runWatched(["credentials", "add", "anthropic", ...base], KEYS.anthropic);
      await run(["credentials", "add", "anthropic", "--name", "work", ...base, ...json], KEYS.anthropic);
      await run(["credentials", "add", "openai", "--key-stdin", ...json], KEYS.anthropic);
      await run(["credentials", "add", "openai", "--key-stdin"], `${KEYS.anthropic} ${KEYS.another}`);
      await runWatched(
        ["credentials", "rotate", "anthropic", "--name", "work", ...base, ...json],
        KEYS.another,
      );
      await run(["credentials", "check", ...json]);
      await run(["credentials", ...json]);
      await run(["credentials", "log", ...json]);
      await runWatched(["sync", "--since", "2026-11-07"]);
      await run(["sync", "--since", "2026-11-07", ...json]);
      await run(["vault", "rotate", ...json]);
      await runWatched(["vault", "export", file, "--passphrase-stdin"], PASSPHRASE);
      await runWatched(["vault", "import", file, "--passphrase-stdin", ...json], PASSPHRASE);
      await run(["vault", "import", file, "--passphrase-stdin"], `${PASSPHRASE}.`);
      await run(["export", "--output", path.join(home.folder, "all.ndjson")]);
      expect(outcomes.map(({ exit }) => exit)).toEqual([
        ...[0, 0, 4, 2, 0, 0, 0, 0],
        ...[0, 0, 0, 0, 0, 4, 0],
      ]);
      expect(outcomes[0]?.stderr).toContain("oclif");
      await expectNoLeak(home, outcomes);
      expectSearched(home, '"protected":');
    },
    LONG,
  );

  it("shows none if the program has a bug", async () => {
    const home = await homeWithDatabase();
    const { url } = await startReplay(replayWell);
    await keep(home, { provider: "mistral", key: KEYS.mistral });
    await asOwner(home, "drop function public.add_credential, public.change_credential");
    const flags = ["--base-url", url, "--key-stdin"];
    const outcomes = [
      ...(await inBothForms(["credentials", "add", "anthropic", ...flags], home, KEYS.anthropic)),
      await aicost(["vault", "rotate"], home, { env: DEBUG }),
    ];
    expect(exits(outcomes)).toEqual([1]);
    expect(outcomes[0]?.stderr).toContain("This is a bug in aicost: function public.add_credential");
    expect(outcomes[0]?.stderr).toMatch(/^ +at /m);
    await expectNoLeak(home, outcomes);
  });
});

describe("other users of the machine", () => {
  it("find none in the report of a program that crashed", async () => {
    const home = await homeWithDatabase();
    const server = await startReplay(replayWell);
    server.fault = () => "hang";
    const env = {
      NODE_OPTIONS: `--report-on-signal --report-directory=${home.folder} --report-filename=report.json`,
    };
    const argv = ["credentials", "add", "anthropic", "--base-url", server.url, "--key-stdin"];
    const { child, outcome } = start(argv, home, { env, input: KEYS.anthropic });
    while (server.requests.length === 0) await sleep(10);
    child.kill("SIGUSR2");
    const isWritten = () =>
      filesOf(home).some(
        ({ name, content }) => name === "report.json" && content.toString().trim().endsWith("}"),
      );
    while (!isWritten()) await sleep(20);
    child.kill("SIGKILL");
    expectSearchedReport(home);
    await expectNoLeak(home, [await outcome]);
  });

  const expectSearchedReport = (home: Home): void =>
    expect(
      filesOf(home)
        .find(({ name }) => name === "report.json")
        ?.content.toString(),
    ).toContain('"--key-stdin"');
});

describe("a key that is given as an argument", () => {
  const told =
    "You passed a key as an argument: other users of this machine may have seen it, and your shell history has it. Replace it at its provider, and enter the new one at the prompt or with --key-stdin.\n";
  const { anthropic: key } = KEYS;

  /** Nothing that is refused changes anything in it. */
  const home = sharedHome();
  beforeAll(async () => {
    await giveDatabase(home);
  });

  it.each([
    [["credentials", "add", "anthropic", key]],
    [["credentials", "add", key]],
    [["credentials", "add", "anthropic", "--name", key]],
    [["credentials", "add", "anthropic", `--name=my-${key}`]],
    [["credentials", "add", "anthropic", `--key=${key}`]],
    [["credentials", "add", "anthropic", "--key", key]],
    [["credentials", "add", "litellm", "--base-url", `https://${key}@llm.example.com`]],
    [["credentials", "add", "litellm", "--base-url", `https://llm.example.com/?key=${key}`]],
    [["credentials", "rotate", "anthropic", key]],
    [["credentials", "rename", "anthropic", key]],
    [["credentials", "check", key]],
    [["sync", "--provider", key]],
  ])("is refused, not shown, and to be replaced: %#", async (argv) => {
    expect(holdsSecret(key)).toBe(true);
    const outcome = await aicost([...argv, "--json"], home);
    expect(outcome.exit).toBeOneOf([2, 4]);
    expect(outcome.stderr).toBe(told);
    expect(Object.keys(jsonOf(outcome))).toEqual(["error"]);
    await expectNoLeak(home, [outcome]);
  });

  it("is a mistake that a person is told of below the error", async () => {
    const { stdout, stderr, exit } = await aicost(["credentials", "add", "anthropic", key], home);
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
    expect(stderr).toBe(
      `Error: This command was given too many arguments.\n  A key or a passphrase is never an argument, which others could see: aicost asks for it, or reads it from standard input. See --help\n${told}`,
    );
  });

  it.each([
    [["credentials", "add", "mistral", KEYS.mistral]],
    [["credentials", "add", "litellm", "--base-url", "https://llm.example.com", KEYS.litellm]],
    [["credentials", "rotate", "mistral", `--key=${KEYS.mistral}`]],
    [["vault", "export", "file.txt", PASSPHRASE]],
    [["vault", "import", "file.txt", `--passphrase=${PASSPHRASE}`]],
  ])("is refused and not shown if nothing marks it as one, a passphrase neither: %#", async (argv) => {
    // What the command framework says of itself under DEBUG holds all that was typed.
    const outcomes = await inBothForms(argv, home, "", { DEBUG: "" });
    expect(exits(outcomes)).toEqual([2]);
    await expectNoLeak(home, outcomes);
  });
});

describe("redacted", () => {
  const key = fc.stringMatching(/^[A-Za-z0-9_+/=-]{20,60}$/);
  const texts = fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 4 });

  it("leaves no sixteen characters of a key, whole or in part, in whatever case and surroundings", () => {
    fc.assert(
      fc.property(key, texts, fc.nat({ max: 10 }), fc.boolean(), (secret, around, cutOff, inCapitals) => {
        const piece = secret.slice(cutOff);
        const text = around.join(inCapitals ? piece.toUpperCase() : piece.toLowerCase());
        const cleaned = redacted(text, new Hidden(secret)).toLowerCase();
        for (let at = 0; at + 16 <= piece.length; at += 1) {
          if (around.some((each) => each.toLowerCase().includes(piece.slice(at, at + 16).toLowerCase())))
            return;
          expect(cleaned).not.toContain(piece.slice(at, at + 16).toLowerCase());
        }
      }),
    );
  });

  it.each([
    ["error for KEY and KEY", "error for [key removed] and [key removed]"],
    ["KEYKEY", "[key removed][key removed]"],
    ["", ""],
    ["İİ KEY İ", "İİ [key removed] İ"],
    ["sk-ant-admin… is needed", "sk-ant-admin… is needed"],
    [
      "organisation dc9f6c26-b22c-4831-8d01-0446bada88f1",
      "organisation dc9f6c26-b22c-4831-8d01-0446bada88f1",
    ],
  ])("leaves the rest as it is: %s", (text, cleaned) => {
    expect(redacted(text.replaceAll("KEY", KEYS.litellm), new Hidden(KEYS.litellm))).toBe(cleaned);
  });
});

describe("in a terminal", () => {
  it("the key that is typed does not show", async () => {
    const home = await homeWithDatabase();
    const { url } = await startReplay(replayWell);
    const left = inTerminal(["credentials", "add", "anthropic", "--base-url", url], home);
    await left.shows("Key of Anthropic");
    left.type(KEYS.another.slice(0, 60));
    await sleep(300);
    left.type("\u0003");
    const terminal = inTerminal(["credentials", "add", "anthropic", "--base-url", url], home);
    await terminal.shows("Key of Anthropic");
    terminal.type(`${KEYS.anthropic}\r`);
    await terminal.shows("Collect what was spent");
    const [first, second] = [await left.ended, await terminal.ended];
    expect([first.exit, second.exit]).toEqual([130, 0]);
    const outcomes = [first, second].map(({ screen, exit }) => ({ stdout: screen, stderr: "", exit }));
    await expectNoLeak(home, outcomes);
    expect(second.screen).toContain(`sk-ant-admin…${KEYS.anthropic.slice(-4)}`);
  });

  it("the file of a key is not read from there by mistake", async () => {
    const home = await homeWithDatabase();
    const { url } = await startReplay(replayWell);
    fileIn(home, "key.txt", "");
    const terminal = inTerminal(["credentials", "add", "anthropic", "--key-stdin", "--base-url", url], home);
    await terminal.shows("Key of Anthropic");
    terminal.type(`${KEYS.anthropic}\r`);
    const { screen, exit } = await terminal.ended;
    expect(exit).toBe(0);
    await expectNoLeak(home, [{ stdout: screen, stderr: "", exit }]);
  });
});
