import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startSupabase, type TestProject } from "../test/support/supabase.js";
import type { Benchmark } from "./benchmark.js";
import { measure, medians, type Run } from "./measure.js";
import { openRouterActivity } from "./openrouter-activity.js";

const MOST_TIMES = 2;
const MOST_MEGABYTES = 300;

/** The import of one file into a Supabase project on the loopback, beside that into the embedded database. */
export const importOverHttp: Benchmark = {
  title: "Importing a file",
  async run({ rows, runs }) {
    const folder = await mkdtemp(path.join(tmpdir(), "aicost-bench-"));
    const project = await startSupabase();
    try {
      const file = path.join(folder, "openrouter_activity.csv");
      await writeFile(file, openRouterActivity(rows));
      const embedded: Run[] = [];
      const hosted: Run[] = [];
      // In turns, so that what else the machine does meets both.
      for (let run = 0; run < runs; run++) {
        const home = path.join(folder, `home-${run}`);
        embedded.push(await importEmbedded(file, rows, home));
        hosted.push(await importHosted(file, rows, home, project));
      }
      return compared(medians(embedded), medians(hosted));
    } finally {
      await project.stop();
      await rm(folder, { recursive: true });
    }
  },
};

const compared = (embedded: Run, hosted: Run) => {
  const times = hosted.seconds / embedded.seconds;
  return {
    measures: [
      { name: "into the embedded database", ...embedded },
      { name: "over HTTP, into a project on the loopback", ...hosted },
    ],
    demands: [
      {
        what: `over HTTP at most ${MOST_TIMES} times the embedded import`,
        measured: times.toFixed(2),
        met: times <= MOST_TIMES,
      },
      {
        what: `over HTTP at most ${MOST_MEGABYTES} MB of memory`,
        measured: `${Math.round(hosted.megabytes)} MB`,
        met: hosted.megabytes <= MOST_MEGABYTES,
      },
    ],
  };
};

/** The database is there before, as it is at every import but the first. */
const importEmbedded = async (file: string, rows: number, home: string): Promise<Run> => {
  await measure(["providers"], environment(home));
  return importInto(environment(home), file, rows);
};

/** A new user each time, whose token comes from the environment, as in a script. */
const importHosted = async (file: string, rows: number, home: string, project: TestProject): Promise<Run> => {
  const token = await project.accessToken(await project.newUser());
  const signedIn = {
    AICOST_SUPABASE_URL: project.url,
    AICOST_SUPABASE_KEY: project.key,
    AICOST_ACCESS_TOKEN: token,
  };
  return importInto({ ...environment(home), ...signedIn }, file, rows);
};

/** @throws if not every row is in */
const importInto = async (env: Record<string, string>, file: string, rows: number): Promise<Run> => {
  const run = await measure(["import", file, "--json"], env);
  const { imports } = JSON.parse(run.stdout) as { imports: { inserted: number }[] };
  if (imports[0]?.inserted !== rows) throw new Error(`Of ${rows} rows came in: ${run.stdout}`);
  return run;
};

const environment = (home: string): Record<string, string> => ({
  HOME: home,
  AICOST_CONFIG_DIR: path.join(home, "config"),
  AICOST_DATA_DIR: path.join(home, "data"),
});
