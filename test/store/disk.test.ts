import {
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { modelFile } from "../../src/lib/store/read-model/file.js";
import { aicost, errorOf, fileIn, type Home, jsonOf, newHome, runWords, sharedHome } from "../support/cli.js";
import { giveDatabase, homeWithDatabase, inOneOpening } from "../support/open-database.js";

const cents = (rows: number): string =>
  ["When,Sum,Call", ...Array.from({ length: rows }, (_, n) => `2026-11-05T00:00:00Z,0.01,${n}`)].join("\n");
const importing = (home: Home, rows: number): string[] => [
  ...["import", fileIn(home, "calls.csv", cents(rows)), "--map", "date=When,cost=Sum,id=Call"],
  ...["--provider", "groq", "--json"],
];

const totals = async (home: Home) => {
  const outcome = await runWords(["report", "--range", "all", "--json"], home);
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return jsonOf<{ totals: { cost_usd: string; record_count: number } }>(outcome).totals;
};

/** What was written before is whole batches, and importing again completes it. */
const isMadeWhole = (home: Home, rows: number): Promise<void> =>
  inOneOpening(home, async () => {
    const kept = await totals(home);
    expect(Number(kept.cost_usd)).toBe(kept.record_count / 100);
    expect(await runWords(importing(home, rows), home)).toMatchObject({ exit: 0, stderr: "" });
    expect(await totals(home)).toMatchObject({ cost_usd: String(rows / 100), record_count: rows });
  });

/** What may mount a file system for itself alone. It takes root or user namespaces; without them these tests fail. */
const namespace =
  process.getuid?.() === 0 ? ["unshare", "--mount"] : ["unshare", "--map-root-user", "--mount"];

describe("a disk that fails in the middle of an import", () => {
  const ROWS = 9000;

  it("ends it with the reason, and what was written is whole", { timeout: 120_000 }, async () => {
    const home = await homeWithDatabase();
    // No file may grow beyond 1.1 MB; the log gets larger in the middle of the import.
    const prefix = ["prlimit", "--fsize=1100000"];
    const outcome = await aicost(importing(home, ROWS), home, { prefix });
    expect({ exit: outcome.exit, stderr: outcome.stderr }).toEqual({ exit: 5, stderr: "" });
    expect(errorOf(outcome)).toMatchObject({
      code: "disk_failed",
      message: `The database in ${home.dataDir}/database cannot be written (EFBIG); unfinished work was not saved.`,
    });
    await isMadeWhole(home, ROWS);
  });

  it(
    "is full when another program fills it, and mends when there is room",
    { timeout: 120_000 },
    async () => {
      const home = newHome();
      // A file system of 150 MB.
      const script = [
        'mkdir -p "$AICOST_DATA_DIR" && mount -t tmpfs -o size=150m tmpfs "$AICOST_DATA_DIR" || exit 99',
        '"$@" >"$HOME/first" & while [ ! -e "$AICOST_DATA_DIR/database.lock.holder" ]; do sleep 0.05; done',
        'sleep 0.3; head -c 200000000 /dev/zero >"$AICOST_DATA_DIR/fill" 2>/dev/null; wait $!; echo $? >"$HOME/exit"',
        'rm "$AICOST_DATA_DIR/fill"; cp -r "$AICOST_DATA_DIR" "$HOME/kept"',
      ].join("\n");
      const prefix = [...namespace, "bash", "-c", script, "bash"];
      const { stderr, exit } = await aicost(importing(home, ROWS), home, { prefix });
      expect(exit).toBe(0);
      // In the middle of a batch, or before the next one.
      expect(stderr).toMatch(
        /^Error: The disk of \S+ (?:is full; unfinished work was not saved|has \d+ MB left; the database needs \d+ MB to work safely)\.$/m,
      );
      const kept = { ...home, dataDir: path.join(home.folder, "kept") };
      const said = (name: string) => readFileSync(path.join(home.folder, name), "utf8");
      expect(said("exit")).toBe("5\n");
      expect(JSON.parse(said("first"))).toMatchObject({ error: { code: "disk_full" } });
      await isMadeWhole(kept, ROWS);
    },
  );
});

describe("a used database", () => {
  const used = sharedHome();
  beforeAll(async () => {
    await giveDatabase(used);
    expect(await runWords(importing(used, 2000), used)).toMatchObject({ exit: 0 });
  });

  const copy = (): Home => {
    const home = newHome();
    cpSync(used.dataDir, home.dataDir, { recursive: true });
    return home;
  };

  /** The largest files of the tables and indexes, in order. */
  const relations = ({ dataDir }: Home): string[] => {
    const folder = path.join(dataDir, "database/base/5");
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map((name) => path.join(folder, name))
      .sort((a, b) => statSync(b).size - statSync(a).size);
  };
  const halve = (file: string): void => truncateSync(file, Math.floor(statSync(file).size / 2 / 8192) * 8192);

  it.each<[string, (home: Home) => void]>([
    [
      "the control file",
      ({ dataDir }) => truncateSync(path.join(dataDir, "database/global/pg_control"), 100),
    ],
    ["the version", ({ dataDir }) => truncateSync(path.join(dataDir, "database/PG_VERSION"), 0)],
    [
      "the log",
      ({ dataDir }) => {
        const log = path.join(dataDir, "database/pg_wal");
        for (const name of readdirSync(log).filter((name) => name.startsWith("0")))
          truncateSync(path.join(log, name), 1000);
      },
    ],
    ["the largest table", (home) => halve(relations(home)[0]!)],
    ["a catalog", (home) => halve(path.join(home.dataDir, "database/base/5/1249"))],
    ["a table that is gone", (home) => rmSync(relations(home)[0]!)],
  ])("is called damaged, with a way out, if a file was cut: %s", async (_, damage) => {
    const home = copy();
    damage(home);
    // What is known of it is right still; what is not known any more is not made up.
    const known = await aicost(["report", "--range", "all", "--json"], home);
    if (known.exit === 0)
      expect(jsonOf(known)).toMatchObject({ totals: { cost_usd: "20", record_count: 2000 } });
    rmSync(modelFile(home.dataDir));
    const outcome = await aicost(["report", "--range", "all", "--json"], home);
    expect({ exit: outcome.exit, stderr: outcome.stderr }).toEqual({ exit: 5, stderr: "" });
    const folder = `${home.dataDir}/database`;
    expect(errorOf(outcome)).toMatchObject({
      code: "database_damaged",
      hint: `Keep it, and start again by importing your files: mv ${folder} ${folder}.broken`,
    });
  });

  it("opens with locks left behind, half a first start, and files of a clock that was set back", async () => {
    const home = copy();
    fileIn(home, "data/database.new/PG_VERSION", "18\n");
    fileIn(home, "data/database/postmaster.pid", "");
    writeFileSync(
      `${home.dataDir}/database.lock.holder`,
      '{"pid":1,"command":"import","since":"2031-01-01T00:00:00Z"}',
    );
    const future = new Date("2031-01-01");
    for (const name of readdirSync(home.dataDir, { recursive: true, encoding: "utf8" }))
      utimesSync(path.join(home.dataDir, name), future, future);
    expect(await totals(home)).toMatchObject({ cost_usd: "20", record_count: 2000 });
  });

  /** Runs a program with a copy of the data folder, on a file system with so many megabytes left. */
  const onDiskWith = (megabytes: number): string[] => {
    const script = [
      'cp -r "$AICOST_DATA_DIR" "$HOME/kept" && mount -t tmpfs -o size=300m tmpfs "$AICOST_DATA_DIR" || exit 99',
      'mv "$HOME/kept/"* "$AICOST_DATA_DIR"; rmdir "$HOME/kept"; left=$(df --output=avail -k "$AICOST_DATA_DIR" | tail -1)',
      `head -c $(((left - ${megabytes} * 1024) * 1024)) /dev/zero >"$AICOST_DATA_DIR/fill"; exec "$@"`,
    ].join("\n");
    return [...namespace, "bash", "-c", script, "bash"];
  };

  it("is read if its disk is nearly full, and takes nothing in; without room for its log it is not opened", async () => {
    const home = copy();
    // The database itself is asked.
    rmSync(modelFile(home.dataDir));
    const list = ["records", "--range", "all", "--json"];
    const read = await aicost(list, home, { prefix: onDiskWith(60) });
    expect(jsonOf(read)).toMatchObject({ total: 2000 });
    const refused = async (argv: string[], megabytes: number) => {
      const outcome = await aicost(argv, home, { prefix: onDiskWith(megabytes) });
      return { exit: outcome.exit, ...errorOf(outcome) };
    };
    expect(await refused(["add", "-p", "openai", "-c", "1", "--json"], 60)).toMatchObject({
      exit: 5,
      code: "disk_full",
      message: expect.stringMatching(
        /has (?:59|60) MB left; the database needs 96 MB to work safely\.$/,
      ) as string,
    });
    expect(await refused(list, 20)).toMatchObject({
      exit: 5,
      code: "disk_full",
      message: expect.stringMatching(
        /has (?:19|20) MB left; the database needs 32 MB to work safely\.$/,
      ) as string,
    });
  });

  it("is told from what is known if its file system is read-only, and takes nothing in", async () => {
    const home = copy();
    const mount =
      'mount --bind "$AICOST_DATA_DIR" "$AICOST_DATA_DIR" && mount -o remount,ro,bind "$AICOST_DATA_DIR"';
    const prefix = [...namespace, "sh", "-c", `${mount} || exit 99; exec "$@"`, "sh"];
    const report = ["report", "--range", "all", "--json"];
    const refused = {
      code: "data_folder_not_writable",
      message: expect.stringContaining("(EROFS)") as string,
    };

    const known = await aicost(report, home, { prefix });
    expect(known).toMatchObject({ exit: 0, stderr: "" });
    expect(jsonOf(known)).toMatchObject({ totals: { cost_usd: "20", record_count: 2000 } });
    const added = await aicost(["add", "--provider", "openai", "--cost", "1", "--json"], home, { prefix });
    expect(added.exit).toBe(5);
    expect(errorOf(added)).toMatchObject(refused);
    rmSync(modelFile(home.dataDir));
    const unknown = await aicost(report, home, { prefix });
    expect(unknown.exit).toBe(5);
    expect(errorOf(unknown)).toMatchObject(refused);
    expect(await totals(home)).toMatchObject({ cost_usd: "20", record_count: 2000 });
  });

  it("is right while the clock is set back by a year, and after that", async () => {
    const home = copy();
    const clock = `const Clock = Date, back = 400 * 864e5;
      Date = class extends Clock { constructor(...at) { at.length ? super(...at) : super(Date.now()); } };
      Date.now = () => Clock.now() - back;`;
    const env = { NODE_OPTIONS: `--require=${fileIn(home, "clock.cjs", clock)}` };
    const then = async (...argv: string[]) => {
      const outcome = await aicost(argv, home, { env });
      expect(outcome).toMatchObject({ exit: 0, stderr: "" });
      return jsonOf(outcome);
    };

    const { imports } = (await then(...importing(home, 2000))) as { imports: unknown[] };
    expect(imports).toMatchObject([{ inserted: 0, unchanged: 2000 }]);
    const { record } = (await then("add", "--provider", "openai", "--cost", "1", "--json")) as {
      record: { timestamp: string };
    };
    expect(Date.parse(record.timestamp)).toBeLessThan(Date.now() - 398 * 864e5);
    expect(await then("today", "--json")).toMatchObject({ today: { cost_usd: "1" } });
    await then("db", "check", "--json");

    expect(await totals(home)).toMatchObject({ cost_usd: "21", record_count: 2001 });
    expect(await runWords(["db", "check"], home)).toMatchObject({ exit: 0 });
  });
});
