import { appendFileSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { callsOf, newFolder, SAMPLES, sampleHome, Stored } from "./homes.js";

const HOME = path.join(SAMPLES, "home");
const FILES = readdirSync(HOME, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(HOME, path.join(entry.parentPath, entry.name)))
  .sort();
/** Names of projects are no logs: they are there from the beginning. */
const NAMES = FILES.filter((file) => /projects\.json$|\.project_root$/.test(file));
/** A database comes with its log. */
const LOGS = FILES.filter((file) => !NAMES.includes(file) && !file.endsWith("-wal"));

interface Arrival {
  /** In which scan the file is seen first, and in which whole. */
  first: number;
  whole: number;
  /** How much of it is there at first, in parts of a thousand. */
  part: number;
}

const SCANS = 4;
const arrival: fc.Arbitrary<Arrival> = fc.record({
  first: fc.nat({ max: SCANS - 1 }),
  whole: fc.nat({ max: SCANS - 1 }),
  part: fc.integer({ min: 1, max: 999 }),
});

const put = (home: string, file: string): void => {
  mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
  copyFileSync(path.join(HOME, file), path.join(home, file));
  if (file.endsWith(".db") && FILES.includes(`${file}-wal`)) put(home, `${file}-wal`);
};

const putPart = (home: string, file: string, part: number): void => {
  const bytes = readFileSync(path.join(HOME, file));
  mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
  writeFileSync(path.join(home, file), bytes.subarray(0, Math.floor((bytes.length * part) / 1000)));
};

const putRest = (home: string, file: string): void => {
  const there = readFileSync(path.join(home, file)).length;
  appendFileSync(path.join(home, file), readFileSync(path.join(HOME, file)).subarray(there));
};

const scanInParts = async (arrivals: readonly Arrival[]): Promise<Stored> => {
  const home = newFolder();
  for (const file of NAMES) put(home, file);
  const stored = new Stored();
  for (let scan = 0; scan < SCANS; scan += 1) {
    for (const [index, file] of LOGS.entries()) {
      const { first, whole, part } = arrivals[index]!;
      const isCut = file.endsWith(".jsonl") && whole > first;
      if (first === scan) {
        if (isCut) putPart(home, file, part);
        else put(home, file);
      }
      if (isCut && whole === scan) putRest(home, file);
    }
    await stored.scan(home);
  }
  return stored;
};

test("any split of the logs into several scans gives the calls of one scan", async () => {
  const expected = (await callsOf(sampleHome())).list();
  const arrivals = fc.array(arrival, { minLength: LOGS.length, maxLength: LOGS.length });
  const law = fc.asyncProperty(arrivals, async (given) => {
    expect((await scanInParts(given)).list()).toEqual(expected);
  });
  await fc.assert(law, { numRuns: Number(process.env["AICOST_ENDURE_RUNS"] ?? 6) });
});
