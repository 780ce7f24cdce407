import { appendFileSync, mkdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { activity } from "../../bench/openrouter-activity.js";
import { START_BYTES } from "../../src/lib/csv/decode.js";
import { aicost, fileIn, type Home, jsonOf, newHome, ROOT, runWords, sample } from "../support/cli.js";
import { homeWithDatabase, keepDatabasesOpen } from "../support/open-database.js";

const HOOK = path.join(ROOT, "test/support/count-reads.cjs");

/** Imports, and counts how often the program opens a file, and how many of its bytes it reads. */
const counted = async (home: Home, file: string, ...argv: string[]) => {
  const log = fileIn(home, "reads.log", "");
  const env = { NODE_OPTIONS: `--require ${HOOK}`, COUNT_READS: `${realpathSync(file)}:${log}` };
  const outcome = await aicost(["import", ...argv, "--json"], home, { env });
  expect(outcome).toMatchObject({ exit: 0 });
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const opened = lines.filter((line) => line === "open").length;
  const reads = lines.flatMap((line) => (line.startsWith("read ") ? Number(line.slice(5)) : []));
  const bytes = reads.reduce((sum, read) => sum + read, 0);
  return { opened, bytes, result: jsonOf(outcome) };
};

/** A file that is opened once and read twice. What is kept in memory of its start need not be read again. */
const twice = (file: string) => {
  const { size } = statSync(file);
  return { opened: 1, bytes: size + Math.max(0, size - START_BYTES) };
};

/** Rows of an export that is larger than the start of a file that is kept in memory. */
const ROWS = 1000;
/** Rows of one that is read in a thread of its own. */
const MANY = 7000;

/** A test that runs the program many times, which a busy machine may take a minute for. */
const LONG = { timeout: 120_000 };

keepDatabasesOpen();

describe("an import", () => {
  it("opens a small file once and reads it once", async () => {
    const file = sample("openrouter_activity.csv");
    const { size } = statSync(file);
    expect(await counted(await homeWithDatabase(), file, file)).toMatchObject({ opened: 1, bytes: size });
  });

  it("opens a larger file once and reads it twice; once if it is in already", async () => {
    const home = await homeWithDatabase();
    const file = fileIn(home, "activity.csv", activity(ROWS));
    const imports = [{ inserted: ROWS }];
    expect(await counted(home, file, file)).toMatchObject({ ...twice(file), result: { imports } });
    const result = { imports: [{ unchanged: ROWS }] };
    expect(await counted(home, file, file)).toMatchObject({ opened: 1, bytes: statSync(file).size, result });
    appendFileSync(
      file,
      `\n${activity(ROWS + 1)
        .split("\n")
        .at(-1)}`,
    );
    expect(await counted(home, file, file)).toMatchObject(twice(file));
  });

  it("reads a file that goes to a thread no more often", async () => {
    const home = await homeWithDatabase();
    const wide = activity(MANY).replaceAll(",Bench,", `,${"Bench".repeat(90)},`);
    const file = fileIn(home, "activity.csv", wide);
    expect(statSync(file).size).toBeGreaterThan(4 * 1024 * 1024);
    const imports = [{ inserted: MANY }];
    expect(await counted(home, file, file)).toMatchObject({ ...twice(file), result: { imports } });
  });

  it("reads a file of any other shape no more often", async () => {
    const home = await homeWithDatabase();
    const file = fileIn(
      home,
      "bill.csv",
      `Day,Cost,Note\n${`2026-11-05,0.01,${"a long note ".repeat(8)}\n`.repeat(1200)}`,
    );
    const map = ["--map", "date=Day,cost=Cost", "--provider", "groq"];
    expect(await counted(home, file, file, ...map)).toMatchObject(twice(file));
  });

  it("reads an archive no more often, compressed or not, also beside another file", LONG, async () => {
    const source = newHome();
    const file = fileIn(source, "activity.csv", activity(ROWS));
    expect(await runWords(["import", file], source)).toMatchObject({ exit: 0 });
    const archive = path.join(source.folder, "all.ndjson");
    expect(await runWords(["export", "--output", archive], source)).toMatchObject({ exit: 0 });
    const result = { archives: [{ inserted: expect.any(Number) as number }] };
    expect(await counted(await homeWithDatabase(), archive, archive)).toMatchObject({
      ...twice(archive),
      result,
    });
    const packed = fileIn(source, "all.ndjson.gz", gzipSync(readFileSync(archive)));
    expect(await counted(await homeWithDatabase(), packed, packed)).toMatchObject({
      ...twice(packed),
      result,
    });
    expect(await counted(await homeWithDatabase(), archive, file, archive)).toMatchObject({
      ...twice(archive),
      result,
    });
    // The archive brings the rows of the file, so it is read from end to end only once.
    const known = await counted(await homeWithDatabase(), file, file, archive);
    expect(known).toMatchObject({ opened: 1 });
    expect(known.bytes).toBeLessThan(twice(file).bytes);
  });

  it("opens an archive that it finds in a folder twice: other programs write NDJSON, too", async () => {
    const home = newHome();
    const folder = path.join(home.folder, "archives");
    mkdirSync(folder);
    expect(await runWords(["import", sample("openrouter_activity.csv")], home)).toMatchObject({ exit: 0 });
    const archive = path.join(folder, "all.ndjson");
    expect(await runWords(["export", "--output", archive], home)).toMatchObject({ exit: 0 });
    const { opened, bytes } = await counted(await homeWithDatabase(), archive, folder);
    expect(opened).toBe(2);
    expect(bytes).toBeLessThanOrEqual(2 * statSync(archive).size);
  });
});
