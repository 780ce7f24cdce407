import { appendFileSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { SAMPLES } from "../agents/homes.js";

const HOME = path.join(SAMPLES, "home");
const FILES = readdirSync(HOME, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(HOME, path.join(entry.parentPath, entry.name)))
  .sort();
/** Names of projects are no logs: they are there from the beginning. */
const NAMES = FILES.filter((file) => /projects\.json$|\.project_root$/.test(file));
/** A database comes with its log. */
const LOGS = FILES.filter((file) => !NAMES.includes(file) && !file.endsWith("-wal"));

/** When a log comes into a home. */
export interface Arrival {
  /** In which scan the file is seen first, and in which whole. */
  first: number;
  whole: number;
  /** How much of it is there at first, in parts of a thousand. */
  part: number;
}

export const SCANS = 4;
const arrival: fc.Arbitrary<Arrival> = fc.record({
  first: fc.nat({ max: SCANS - 1 }),
  whole: fc.nat({ max: SCANS - 1 }),
  part: fc.integer({ min: 1, max: 999 }),
});

/** Each log of the samples comes at some time. */
export const arrivals = fc.array(arrival, { minLength: LOGS.length, maxLength: LOGS.length });

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

/** Whatever of the samples is there before the first scan. */
export const putNames = (home: string): void => {
  for (const file of NAMES) put(home, file);
};

/** What comes into a home before one of `SCANS` scans: logs, and first parts and rests of them. */
export const arrive = (home: string, arrivals: readonly Arrival[], scan: number): void => {
  for (const [index, file] of LOGS.entries()) {
    const { first, whole, part } = arrivals[index]!;
    const isCut = file.endsWith(".jsonl") && whole > first;
    if (first === scan) {
      if (isCut) putPart(home, file, part);
      else put(home, file);
    }
    if (isCut && whole === scan) putRest(home, file);
  }
};
