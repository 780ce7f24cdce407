import { startSupabase, type TestProject } from "../test/support/supabase.js";
import { atMostTimes, type Benchmark, type Demand, type Measure } from "./benchmark.js";
import type { Homes } from "./homes.js";
import { AICOST, type Environment, inTurns, peakMemory, run } from "./measure.js";
import { count } from "./results.js";

const MOST_TIMES = 2;
const MOST_MEGABYTES = 300;

/** The import of one file into a Supabase project on the loopback, beside that into the embedded database. */
export const importOverHttp: Benchmark = {
  async run({ rows: [, rows], runs }, homes) {
    const file = await homes.file(rows);
    const project = await startSupabase();
    try {
      const argv = [AICOST, "import", file, "--json"];
      const taken = await inTurns(runs, {
        embedded: async () => imported(await run(argv, await homes.empty()), rows),
        hosted: async () => imported(await run(argv, await signedIn(project, homes)), rows),
      });
      const embedded: Measure = {
        name: "into the embedded database",
        seconds: taken.embedded,
        megabytes: await peakMemory(argv, await homes.empty()),
      };
      const hosted: Measure = {
        name: "over HTTP, into a project on the loopback",
        seconds: taken.hosted,
        megabytes: await peakMemory(argv, await signedIn(project, homes)),
      };
      return [
        {
          title: `Importing ${count(rows)} rows over HTTP`,
          measures: [embedded, hosted],
          demands: [atMostTimes(MOST_TIMES, hosted, embedded), memory(hosted)],
        },
      ];
    } finally {
      await project.stop();
    }
  },
};

const memory = ({ megabytes }: Measure): Demand => ({
  what: `over HTTP: at most ${MOST_MEGABYTES} MB of memory`,
  measured: `${Math.round(megabytes ?? 0)} MB`,
  met: (megabytes ?? 0) <= MOST_MEGABYTES,
});

/** A new user each time, whose token comes from the environment, as in a script. */
const signedIn = async (project: TestProject, homes: Homes): Promise<Environment> => ({
  ...(await homes.empty()),
  AICOST_SUPABASE_URL: project.url,
  AICOST_SUPABASE_KEY: project.key,
  AICOST_ACCESS_TOKEN: await project.accessToken(await project.newUser()),
});

/** @throws if not every row is in */
export const imported = <Run extends { stdout: string }>(taken: Run, rows: number): Run => {
  const { imports } = JSON.parse(taken.stdout) as { imports: { inserted: number }[] };
  if (imports[0]?.inserted !== rows) throw new Error(`Of ${rows} rows came in: ${taken.stdout}`);
  return taken;
};
