import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { activity } from "../../bench/openrouter-activity.js";
import { units } from "../fuzz/oracle.js";
import { LOSES_ALL, LOSES_NOTHING, momentsOf, randomCut, randomNumbers } from "../support/disk/power-cuts.js";
import { type PowerCut, SimulatedDisk } from "../support/disk/simulated-disk.js";
import { type DiskEvent, readTrace, recordedProcess, type Trace } from "../support/disk/trace.js";
import { aicost, fileIn, type Home, jsonOf, makeHome, removeHome, runWords } from "../support/cli.js";
import { soundTotals, type Totals } from "./sound.js";

// `npm run endure` sets how many power cuts there are, of how many rows, and which.
const {
  AICOST_ENDURE_CUTS = "5",
  AICOST_ENDURE_ROWS = "3000",
  AICOST_FUZZ_SEED = String(Date.now() % 2 ** 31),
} = process.env;
const cuts = Number(AICOST_ENDURE_CUTS);
const seed = Number(AICOST_FUZZ_SEED);

/** Of every eleven rows of an export, ten are in the first file, and one is in the second. */
const [header = "", ...rows] = activity(Math.round(Number(AICOST_ENDURE_ROWS) * 1.1)).split("\n");
const files = [0, 1].map((which) => rows.filter((_, at) => (at % 11 === 10 ? 1 : 0) === which));
/** What the first so many rows of each file cost. */
const costs = files.map((lines) => {
  const sums = [0n];
  for (const line of lines) sums.push(sums.at(-1)! + units(line.split(",")[2]!));
  return sums;
});
const [first, second] = costs.map((sums): Totals => ({ count: sums.length - 1, cost: sums.at(-1)! }));
const NOTHING: Totals = { count: 0, cost: 0n };
const BOTH: Totals = { count: first!.count + second!.count, cost: first!.cost + second!.cost };

/** What is in the database once so many commands have printed their receipts. */
const PROMISED = [NOTHING, NOTHING, first!, BOTH, second!];

interface Archived {
  archived: { records: number; files: { path: string; sha256: string }[] }[];
}

/** A home in which all is done and recorded, command by command, from the very first start. */
class Recorded {
  readonly home = makeHome();
  /** What is not on the recorded disk: the files to import, the record, and the home as it was at first. */
  readonly desk = makeHome();
  readonly before = path.join(this.desk.folder, "before");
  /** How many events there are when a command has ended. */
  readonly ends: number[] = [];
  readonly answers: unknown[] = [];
  readonly #record = path.join(this.desk.folder, "record");

  async make(): Promise<Trace> {
    cpSync(this.home.folder, this.before, { recursive: true });
    const [one, other] = files.map((lines, at) =>
      fileIn(this.desk, `activity-${at}.csv`, [header, ...lines].join("\n")),
    );
    await this.#run("prefs");
    const { imports } = await this.#run<{ imports: { id: string }[] }>("import", one!);
    await this.#run("import", other!);
    await this.#run("imports", "undo", "--yes", imports[0]!.id);
    await this.#run("db", "archive", "--before", aMonthAgo(), "--yes");
    return readTrace(this.#record);
  }

  async #run<Answer>(...words: string[]): Promise<Answer> {
    const env = recordedProcess(this.home.folder, this.#record);
    const outcome = await aicost([...words, "--json"], this.home, { env });
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
    this.ends.push(readTrace(this.#record).events.length);
    this.answers.push(jsonOf(outcome));
    return jsonOf<Answer>(outcome);
  }

  remove(): void {
    removeHome(this.home);
    removeHome(this.desk);
  }
}

const aMonthAgo = (): string => new Date(Date.now() - 30 * 864e5).toISOString().slice(0, 7);

const totalsOf = async (home: Home): Promise<Totals> => {
  const outcome = await runWords(["report", "--range", "all", "--json"], home);
  if (outcome.exit !== 0) throw new Error(outcome.stdout);
  const { totals } = jsonOf<{ totals: { cost_usd: string; record_count: number } }>(outcome);
  return { count: totals.record_count, cost: units(totals.cost_usd) };
};

const isEqual = (one: Totals, other: Totals): boolean => one.count === other.count && one.cost === other.cost;

/** Whether an import may have come so far: any of its first rows are in. */
const isOnTheWay = ({ count, cost }: Totals, before: Totals, sums: readonly bigint[]): boolean =>
  cost - before.cost === sums[count - before.count];

describe("a power cut in the middle of a first start, two imports, an undo and an archive", () => {
  const recorded = new Recorded();
  let trace: Trace;
  /** How many events there are when the receipt of a command has been printed. */
  let receipts: number[];

  beforeAll(async () => {
    trace = await recorded.make();
    receipts = recorded.ends.map(
      (end) => trace.events.slice(0, end).findLastIndex(({ op }) => op === "print") + 1,
    );
  }, 600_000);
  afterAll(() => recorded.remove());

  /** The disk after so many events. @param events others than all that were recorded */
  const diskAfter = (moment: number, events: readonly DiskEvent[] = trace.events): SimulatedDisk => {
    const disk = new SimulatedDisk(recorded.before, trace);
    for (const event of events.slice(0, moment)) disk.do(event);
    return disk;
  };

  const left = (disk: SimulatedDisk, cut: PowerCut): Home => {
    const home = makeHome();
    rmSync(home.configDir, { recursive: true });
    disk.cutPower(cut, home.folder);
    return home;
  };

  /** What is wrong with a home in which so many receipts were printed before the power was cut; null if nothing is. */
  const problemOf = async (home: Home, printed: number): Promise<string | null> => {
    try {
      const reported = await totalsOf(home);
      const found = await soundTotals(home);
      if (!isEqual(reported, found))
        return `A report says ${reported.count} records, after a check ${found.count}.`;
      if (printed > 3) return await problemOfArchive(home, printed, found);
      const promised = PROMISED[printed]!;
      const isMeanwhile =
        printed === 3
          ? isEqual(found, second!)
          : printed > 0 && isOnTheWay(found, promised, costs[printed - 1]!);
      return isEqual(found, promised) || isMeanwhile
        ? null
        : `There are ${found.count} records, not ${promised.count}.`;
    } catch (error) {
      return String(error);
    }
  };

  /** Each record is in the database or in the archive, or in both. */
  const problemOfArchive = async (home: Home, printed: number, found: Totals): Promise<string | null> => {
    const folder = path.join(home.dataDir, "archive");
    if (printed === 5) {
      const { archived } = recorded.answers.at(-1) as Archived;
      const gone = archived.reduce((sum, { records }) => sum + records, 0);
      if (found.count !== second!.count - gone) return `There are ${found.count} records beside the archive.`;
      for (const { path: file, sha256 } of archived.flatMap((month) => month.files)) {
        const bytes = readFileSync(path.join(folder, path.basename(file)));
        if (createHash("sha256").update(bytes).digest("hex") !== sha256)
          return `${file} is not as it was written.`;
      }
    }
    const hasFiles = existsSync(folder) && readdirSync(folder).some((name) => /^[^.].*\.gz$/.test(name));
    if (hasFiles) {
      const outcome = await runWords(["import", folder, "--json"], home);
      if (outcome.exit !== 0) return outcome.stdout;
    }
    const restored = await soundTotals(home);
    return isEqual(restored, second!) ? null : `There are ${restored.count} records with the archive.`;
  };

  it("is played with all that the commands do to the disk", () => {
    const home = left(diskAfter(trace.events.length), LOSES_NOTHING);
    try {
      expect(contentsOf(home.folder)).toEqual(contentsOf(recorded.home.folder));
    } finally {
      removeHome(home);
    }
  });

  it("finds the log synced before any receipt is printed", () => {
    const disk = new SimulatedDisk(recorded.before, trace);
    const isSynced = trace.events.map((event, at) => {
      disk.do(event);
      return receipts.includes(at + 1) ? disk.isSynced("data/database/pg_wal") : null;
    });
    expect(isSynced.filter((answer) => answer !== null)).toEqual(receipts.map(() => true));
  });

  it(`loses nothing that a receipt told of: seed ${seed}`, { timeout: 60_000 + cuts * 30_000 }, async () => {
    const random = randomNumbers(seed);
    const disk = new SimulatedDisk(recorded.before, trace);
    const problems: object[] = [];
    let done = 0;
    for (const moment of momentsOf(trace, recorded.ends, cuts, random)) {
      while (done < moment) disk.do(trace.events[done++]!);
      const home = left(disk, randomCut(random));
      const printed = receipts.filter((receipt) => receipt <= moment).length;
      const problem = await problemOf(home, printed);
      if (problem !== null) problems.push({ moment, printed, problem });
      removeHome(home);
    }
    expect(problems).toEqual([]);
  });

  it(
    "is noticed if it takes what a receipt told of: here no log is synced",
    { timeout: 120_000 },
    async () => {
      const logs = new Set(
        trace.events.flatMap((event) =>
          event.op === "open" && event.file.includes("/pg_wal/") ? [event.id] : [],
        ),
      );
      const unsynced = trace.events.filter((event) => event.op !== "sync" || !logs.has(event.id));
      const receipt = unsynced.indexOf(trace.events[receipts[2]! - 1]!) + 1;
      const home = left(diskAfter(receipt, unsynced), LOSES_ALL);
      expect(await problemOf(home, 3)).not.toBeNull();
      removeHome(home);
    },
  );
});

/** The files below a folder, by their paths, and the folders. */
const contentsOf = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .sort()
      .map((name) => {
        const file = path.join(folder, name);
        const isFolder = statSync(file).isDirectory();
        return [name, isFolder ? "folder" : createHash("sha256").update(readFileSync(file)).digest("hex")];
      }),
  );
