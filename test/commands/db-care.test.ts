import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import DbArchive from "../../src/commands/db/archive.js";
import DbCheck from "../../src/commands/db/check.js";
import DbPartitions from "../../src/commands/db/partitions.js";
import DbRefresh from "../../src/commands/db/refresh.js";
import DbStatus from "../../src/commands/db/status.js";
import DbVacuum from "../../src/commands/db/vacuum.js";
import Import from "../../src/commands/import.js";
import Report from "../../src/commands/report.js";
import { type CareDatabase, withEmbedded } from "../../src/lib/care/database.js";
import type { CheckResult } from "../../src/lib/care/check.js";
import type { DatabaseStatus } from "../../src/lib/care/status.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand, sharedHome } from "../support/cli.js";
import { giveDatabase, homeWithDatabase, inOneOpening } from "../support/open-database.js";

const CALLS = [
  ["a", "2026-01-31T23:30:00Z", "0.0000000001"],
  ["b", "2026-01-05T10:00:00Z", "1.25"],
  ["c", "2026-02-10T10:00:00Z", "2"],
  ["d", "2026-03-10T10:00:00Z", "4"],
];

const MAP = ["--map", "id=Call,date=When,cost=Sum", "--provider", "groq"];

/** A home in which the calls are; each test has a copy. */
const used = sharedHome();
beforeAll(async () => {
  await giveDatabase(used);
  await importCalls(used);
});
const usedHome = (): Home => {
  const home = newHome();
  cpSync(used.dataDir, home.dataDir, { recursive: true });
  return home;
};

const importCalls = async (home: Home, calls = CALLS): Promise<void> => {
  const rows = calls.map((call) => call.join(","));
  const file = fileIn(home, "calls.csv", `Call,When,Sum\n${rows.join("\n")}\n`);
  await answer(Import, [file, ...MAP], home);
};

interface Months {
  totals: { cost_usd: string; record_count: number };
}

const totals = async (home: Home): Promise<[string, number]> => {
  const { totals: all } = await answer<Months>(Report, ["--range", "all"], home);
  return [all.cost_usd, all.record_count];
};

interface Archived {
  folder: string;
  archived: { month: string; records: number; files: { path: string; sha256: string }[] }[];
}

const archive = (home: Home, ...argv: string[]): Promise<Archived> =>
  answer(DbArchive, ["--before", "2026-03", "--yes", ...argv], home);

const filesIn = (home: Home): string[] => readdirSync(path.join(home.dataDir, "archive")).sort();

const FILES = ["01", "02"].flatMap((month) => [
  `aicost-2026-${month}.ndjson.gz`,
  `aicost-2026-${month}.ndjson.gz.sha256`,
]);

/** A copy of a database as it was; `back` puts it there, and leaves the archives. */
const remember = (home: Home): { back: () => void } => {
  const database = path.join(home.dataDir, "database");
  const copy = path.join(home.folder, "copy");
  cpSync(database, copy, { recursive: true });
  return {
    back() {
      rmSync(database, { recursive: true });
      cpSync(copy, database, { recursive: true });
    },
  };
};

/** Works on the database as its owner, at whose statements nobody looks. */
const withOwner = <Result>(home: Home, work: (db: CareDatabase) => Promise<Result>): Promise<Result> =>
  withEmbedded(
    { dataDir: home.dataDir, command: "test", heavy: false, waitMs: 0, onWait: () => undefined },
    work,
  );

describe("aicost db archive", () => {
  it("takes the months before one out, each into a file that is checked, and import brings them back", async () => {
    const home = usedHome();
    const before = await totals(home);
    expect(before).toEqual(["7.2500000001", 4]);
    expect(await answer(DbArchive, ["--before", "2026-03", "--dry-run"], home)).toMatchObject({
      archived: [],
      planned: [
        { month: "2026-01", records: 2, cost_usd: "1.2500000001" },
        { month: "2026-02", records: 1, cost_usd: "2" },
      ],
    });
    expect(await totals(home)).toEqual(before);

    const { folder, archived } = await archive(home);
    expect(archived.map(({ month, records }) => [month, records])).toEqual([
      ["2026-01", 2],
      ["2026-02", 1],
    ]);
    expect(filesIn(home)).toEqual(FILES);
    execFileSync("sha256sum", ["-c", "--strict", ...FILES.filter((file) => file.endsWith("256"))], {
      cwd: folder,
    });
    expect(await totals(home)).toEqual(["4", 1]);
    const { checks } = await answer<{ checks: CheckResult[] }>(DbCheck, [], home);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(await archive(home)).toMatchObject({ archived: [] });

    await inOneOpening(home, async () => {
      await answer(Import, [folder], home);
      expect(await totals(home)).toEqual(before);
      await answer(Import, [path.join(folder, "*.gz")], home);
      expect(await totals(home)).toEqual(before);
    });
  });

  it("completes what was cut short before the month left the database, and writes no second file", async () => {
    const home = usedHome();
    const { back } = remember(home);
    const { folder } = await archive(home);
    const january = path.join(folder, FILES[0]!);
    const first = readFileSync(january);
    // The files are there, but the months too; of one the checksum is missing, of another a draft is left.
    back();
    rmSync(`${january}.sha256`);
    // No process has this id.
    writeFileSync(path.join(folder, `.aicost-2026-01.${2 ** 22 + 1}.draft`), "half");
    await archive(home);
    expect(filesIn(home)).toEqual(FILES);
    expect(readFileSync(january)).toEqual(first);
    expect(await totals(home)).toEqual(["4", 1]);
  });

  it("never replaces a file that holds something else", async () => {
    const home = usedHome();
    const { folder } = await archive(home);
    const first = readFileSync(path.join(folder, FILES[0]!));
    await importCalls(home, [["new", "2026-01-07T10:00:00Z", "8"]]);
    await archive(home);
    expect(readFileSync(path.join(folder, FILES[0]!))).toEqual(first);
    expect(filesIn(home)).toContain("aicost-2026-01-2.ndjson.gz");
    await answer(Import, [folder], home);
    expect(await totals(home)).toEqual(["15.2500000001", 5]);
  });

  it("leaves all in place if a file cannot be written", async () => {
    const home = usedHome();
    const before = await totals(home);
    const file = fileIn(home, "taken", "");
    expect(await refusal(DbArchive, ["--before", "2026-03", "--yes", "--to", file], home)).toMatchObject({
      exit: 5,
      code: "archive_unwritable",
    });
    // A folder that cannot take the checksum: the last step before the file is in its place.
    const folder = path.join(home.folder, "to");
    fileIn(home, `to/${FILES[1]}/inside`, "");
    expect(await refusal(DbArchive, ["--before", "2026-03", "--yes", "--to", folder], home)).toMatchObject({
      exit: 5,
      code: "archive_unwritable",
    });
    expect(readdirSync(folder)).toEqual([FILES[1]]);
    expect(await totals(home)).toEqual(before);
  });

  it("asks before anything is moved, and refuses if nobody can answer", async () => {
    const home = usedHome();
    expect(await refusal(DbArchive, ["--before", "2026-03"], home)).toMatchObject({
      exit: 2,
      code: "not_confirmed",
    });
    expect(existsSync(path.join(home.dataDir, "archive"))).toBe(false);
  });

  it.each(["2026-13", "2026", "january", "2099-01"])("refuses the month %s", async (month) => {
    expect(await refusal(DbArchive, ["--before", month, "--yes"], newHome())).toMatchObject({
      exit: 2,
      code: "bad_month",
    });
  });

  it("tells of events that the user's calendar has in the month that stays", async () => {
    const home = usedHome();
    await withOwner(home, (db) => db.exec("update public.user_preferences set timezone = 'Europe/Berlin'"));
    const { stdout } = await runCommand(DbArchive, ["--before", "2026-02", "--dry-run"], home);
    expect(stdout).toContain("One record from the last hours of 2026-01 (UTC) counts towards the next");
  });
});

describe("a compressed archive", () => {
  let archived: Buffer;
  const home = sharedHome();
  beforeAll(async () => {
    cpSync(used.dataDir, home.dataDir, { recursive: true });
    const { folder } = await archive(home);
    archived = readFileSync(path.join(folder, FILES[0]!));
  });

  it("is read from standard input, and under any name", async () => {
    const other = await homeWithDatabase();
    const file = fileIn(other, "data.bin", archived);
    await inOneOpening(other, async () => {
      expect((await runCommand(Import, ["-"], other, {}, archived)).exit).toBe(0);
      expect(await totals(other)).toEqual(["1.2500000001", 2]);
      expect(await answer(Import, [file], other)).toMatchObject({ archives: [{ unchanged: 5 }] });
    });
  });

  it.each<[string, string, (whole: Buffer) => Buffer]>([
    ["format_unknown", "another compressed file", () => gzipSync("Day,Cost\n2026-01-01,1\n")],
    ["archive_cut_off", "one that was cut off", (whole) => whole.subarray(0, -40)],
    [
      "archive_cut_off",
      "one without its end",
      (whole) => gzipSync(gunzipSync(whole).toString().replace(/.*\n$/, "")),
    ],
    [
      "archive_damaged",
      "one that was changed",
      (whole) => gzipSync(gunzipSync(whole).toString().replace('"end"', '"ende"')),
    ],
    [
      "archive_too_dense",
      "one that unpacks without end",
      (whole) => gzipSync(Buffer.concat([gunzipSync(whole), Buffer.alloc(64 * 1024 * 1024, "\n")])),
    ],
  ])("is refused as %s: %s", async (code, _, change) => {
    const file = fileIn(home, "x.ndjson.gz", change(archived));
    expect(await refusal(Import, [file], home)).toMatchObject({ exit: 4, code });
  });
});

describe("aicost db check", () => {
  it("says what was checked, a line each", async () => {
    const { stdout, exit } = await runCommand(DbCheck, [], await homeWithDatabase());
    expect(exit).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(7);
    for (const line of stdout.trimEnd().split("\n")) expect(line).toMatch(/^ok {6}[A-Z].*\.$/);
  });

  it("finds a file that was cut short, and says how to save the rest", async () => {
    const home = usedHome();
    const file = await withOwner(home, async (db) => {
      await db.exec("checkpoint");
      const { rows } = await db.query<{ file: string }>(
        "select pg_relation_filepath('public.cost_records_2026_01') as file",
      );
      return rows[0]!.file;
    });
    truncateSync(path.join(home.dataDir, "database", file), 0);
    const { stdout, stderr, exit } = await runCommand(DbCheck, [], home);
    expect(exit).toBe(5);
    expect(stdout).toMatch(
      /^failed {2}All tables and indexes are readable.*\n {8}- public\.cost_records_2026_01/m,
    );
    expect(stderr).toContain("aicost export --output aicost.ndjson");
    expect(stderr).not.toContain("aicost db refresh");
  });

  it("tells a script which checks failed", async () => {
    const home = usedHome();
    await withOwner(home, (db) => db.exec("delete from private.stale_days"));
    expect(await refusal(DbCheck, [], home)).toMatchObject({
      exit: 5,
      code: "check_failed",
      hint: expect.stringContaining("aicost db refresh") as string,
      checks: expect.arrayContaining([
        { check: "daily_sums", ok: false, found: 4, problems: expect.any(Array) as unknown[] },
        { check: "storage", ok: true, found: 0, problems: [] },
      ]) as unknown[],
    });
    await answer(DbRefresh, [], home);
    expect((await runCommand(DbCheck, [], home)).exit).toBe(0);
  });
});

describe("aicost db refresh, partitions and vacuum", () => {
  it("refreshes the days that changed, and the status knows when", async () => {
    const home = usedHome();
    expect(await answer(DbRefresh, [], home)).toMatchObject({ refresh: { stale_days: 4, done: true } });
    expect(await answer(DbStatus, [], home)).toMatchObject({
      database: {
        stale_days: 0,
        records: 4,
        last_refresh: expect.stringMatching(/Z$/) as string,
        bytes: { folder: expect.any(Number) as number, log: expect.any(Number) as number },
      },
    });
  });

  it("makes the partitions of the coming months once", async () => {
    const home = await homeWithDatabase();
    const ahead = (): Promise<{ made: string[]; partitions: { month: string }[] }> =>
      answer(DbPartitions, ["--ahead", "23"], home);
    const { made, partitions } = await ahead();
    expect(made.length).toBeGreaterThan(0);
    expect(partitions.map(({ month }) => month)).toEqual(expect.arrayContaining(made));
    expect((await ahead()).made).toEqual([]);
    expect(await refusal(DbPartitions, ["--ahead", "24"], home)).toMatchObject({ exit: 2 });
  });

  it("gives space back to the disk", async () => {
    const home = await homeWithDatabase();
    const calls = Array.from({ length: 3000 }, (_, index) => [
      `call-${index}`,
      new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
      "0.01",
    ]);
    await importCalls(home, calls);
    await withOwner(home, (db) =>
      db.exec("delete from public.cost_records where timestamp > '2026-01-01 01:00+00'"),
    );
    const recordBytes = async (): Promise<number> =>
      (await answer<{ database: DatabaseStatus }>(DbStatus, [], home)).database.bytes!.cost_records!;
    const before = await recordBytes();
    const { vacuum } = await answer<{ vacuum: Record<"bytes_before" | "bytes_after", number> }>(
      DbVacuum,
      [],
      home,
    );
    expect(vacuum.bytes_after).toBeLessThan(vacuum.bytes_before);
    expect(await recordBytes()).toBeLessThan(before - 500_000);
    expect(await totals(home)).toEqual(["0.61", 61]);
  });
});
