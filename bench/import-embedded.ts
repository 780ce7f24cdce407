import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { startPostgres } from "../test/support/native-postgres.js";
import { atMostMemory, atMostTimes, type Benchmark, type Demand, type Measure } from "./benchmark.js";
import { imported } from "./import-over-http.js";
import { AICOST, type Environment, inTurns, run, runWatched } from "./measure.js";
import { ingestNatively } from "./native-ingest.js";
import { prepareImport, writePrepared } from "./prepared-import.js";
import { count } from "./results.js";

/**
 * What an import may take: beside its SQL functions alone, beside native PostgreSQL, and ten times as much of it; and what
 * another download in which one day is different may take beside the first one.
 */
const MOST = { floor: 1.4, native: 5, tenfold: 11, folder: 1.3, again: 0.2 };

/** What the peers may choose from: the best one counts. */
const BATCHES = [1000, 5000];

/** Debian's PostgreSQL 15, where it is installed; else the one that npm brings. */
const DEBIANS = "/usr/lib/postgresql/15/bin";

/** The import of one file into the embedded database, beside the same SQL functions called with rows that are ready. */
export const importEmbedded: Benchmark = {
  async run({ rows: [, some, many], runs }, homes) {
    const [file, large] = [await homes.file(some), await homes.file(many)];
    const changed = await homes.changedFile(some);
    const prepared = await Promise.all(BATCHES.map((size) => prepareImport(file, size)));
    const written = await Promise.all(
      prepared.map(async (ready) => writePrepared(await homes.folder(), ready)),
    );
    const server = await startPostgres(existsSync(DEBIANS) ? { installed: DEBIANS } : {});
    try {
      const peaks = { some: new Peak(), many: new Peak() };
      const taken = await inTurns<string>(runs, {
        ...perBatch("floor", (at) => ingestAlone(written[at]!, some)),
        ...perBatch("native", (at) => ingestNatively(server, prepared[at]!, some)),
        some: async () =>
          peaks.some.of(imported(await runWatched(importOf(file), await homes.empty()), some)),
        again: async () => updatedBy(await run(importOf(changed), await homes.copyOfFilled(some))),
        many: async () =>
          peaks.many.of(imported(await runWatched(importOf(large), await homes.empty()), many)),
      });
      const floor: Measure = {
        name: `the SQL functions alone, ${count(some)} rows that are ready`,
        seconds: best("floor", taken),
        megabytes: null,
      };
      const native: Measure = {
        name: `the same in native PostgreSQL ${server.version}`,
        seconds: best("native", taken),
        megabytes: null,
      };
      const measures: Measure[] = [
        { name: `import of ${count(some)} rows`, seconds: taken["some"]!, megabytes: peaks.some.megabytes },
        { name: `import of ${count(many)} rows`, seconds: taken["many"]!, megabytes: peaks.many.megabytes },
      ];
      const [ofSome, ofMany] = measures as [Measure, Measure];
      const again: Measure = {
        name: `another download of ${count(some)} rows, one day changed`,
        seconds: taken["again"]!,
        megabytes: null,
      };
      const natively = await ingestNatively(server, await prepareImport(large, 5000), many);
      return [
        {
          title: `Importing ${count(some)} and ${count(many)} rows into the embedded database`,
          measures: [floor, native, ofSome, again, ofMany],
          demands: [
            atMostTimes(MOST.floor, ofSome, floor),
            atMostTimes(MOST.native, ofSome, native),
            atMostTimes(MOST.again, again, ofSome),
            atMostTimes((MOST.tenfold * many) / some / 10, ofMany, ofSome),
            folderDemand(await folderSize(await homes.filled(many)), natively.bytes, many),
            atMostMemory(measures),
          ],
        },
      ];
    } finally {
      await server.stop();
    }
  },
};

/** The highest of what some runs took of memory. */
class Peak {
  megabytes = 0;

  of<Run extends { megabytes: number }>(run: Run): Run {
    this.megabytes = Math.max(this.megabytes, run.megabytes);
    return run;
  }
}

/** @throws if no row was changed, or if one was new */
const updatedBy = <Run extends { stdout: string }>(taken: Run): Run => {
  const { imports } = JSON.parse(imported(taken, 0).stdout) as { imports: { updated: number }[] };
  if (!imports[0]?.updated) throw new Error(`No row was changed: ${taken.stdout}`);
  return taken;
};

const importOf = (file: string): string[] => [AICOST, "import", file, "--json"];

/** What a peer does, once with each size of batch. */
const perBatch = <Result>(
  name: string,
  work: (at: number) => Promise<Result>,
): Record<string, () => Promise<Result>> =>
  Object.fromEntries(BATCHES.map((size, at) => [`${name} ${size}`, () => work(at)]));

/** What a peer took with the best size of batch. */
const best = (name: string, taken: Record<string, number>): number =>
  Math.min(...BATCHES.map((size) => taken[`${name} ${size}`]!));

/** @throws if not every row is in */
const ingestAlone = async (prepared: string, rows: number): Promise<{ seconds: number }> => {
  const floor = path.join(import.meta.dirname, "ingest-floor.js");
  const { stdout } = await run([floor, prepared], {});
  const { seconds, inserted } = JSON.parse(stdout) as { seconds: number; inserted: number };
  if (inserted !== rows) throw new Error(`Of ${rows} rows came in: ${inserted}`);
  return { seconds };
};

/** Bytes of the database folder of a home, its log included. */
const folderSize = async ({ AICOST_DATA_DIR = "" }: Environment): Promise<number> => {
  const entries = await readdir(AICOST_DATA_DIR, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const entry of entries) {
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  }
  return bytes;
};

const folderDemand = (embedded: number, native: number, rows: number): Demand => ({
  what: `folder of ${count(rows)} records, log included: at most ${MOST.folder} × the native database without its log`,
  measured: `${(embedded / native).toFixed(2)} (${megabytes(embedded)} / ${megabytes(native)} MB)`,
  met: embedded / native <= MOST.folder,
});

const megabytes = (bytes: number): string => count(bytes / 1024 ** 2);
