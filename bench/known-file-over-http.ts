import { startSupabase, type TestProject } from "../test/support/supabase.js";
import { atMostMemory, atMostTimes, type Benchmark, type Measure } from "./benchmark.js";
import type { Homes } from "./homes.js";
import { AICOST, type Environment, inTurns, peakMemory, run } from "./measure.js";
import { count } from "./results.js";

/**
 * In starts of Node: four, and one request to a server on the same machine, which takes 0.7 and more. On a quiet machine it
 * is 4.3 in all: processes beside it slow down the program more than Node.
 */
const MOST = 5;

/** The import of a file that a Supabase project on the loopback has already, beside Node that starts and does nothing. */
export const knownFileOverHttp: Benchmark = {
  async run({ rows: [, rows], runs }, homes) {
    const file = await homes.file(rows);
    const project = await startSupabase();
    try {
      const argv = [AICOST, "import", file];
      const env = await signedIn(project, homes);
      await run(argv, env);
      const taken = await inTurns(runs, { node: () => run(["-e", "0"], {}), again: () => run(argv, env) });
      const node: Measure = { name: "node -e 0", seconds: taken.node, megabytes: null };
      const again: Measure = {
        name: `import of the same ${count(rows)} rows again`,
        seconds: taken.again,
        megabytes: await peakMemory(argv, env),
      };
      return [
        {
          title: "A file that a project has already",
          measures: [node, again],
          demands: [atMostTimes(MOST, again, node), atMostMemory([again])],
        },
      ];
    } finally {
      await project.stop();
    }
  },
};

/** A new user, whose session is in a file. */
const signedIn = async (project: TestProject, homes: Homes): Promise<Environment> => {
  const env = { ...(await homes.empty()), AICOST_SECRETS: "file" };
  const { email, password } = await project.newUser();
  const at = ["--url", project.url, "--key", project.key, "--email", email];
  await run([AICOST, "login", ...at, "--password-stdin"], env, password);
  return env;
};
