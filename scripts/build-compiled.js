// Writes down what V8 has compiled of dist/program.cjs after a few commands ran: with it, all commands start sooner.
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { COMPILED, load } from "../bin/program.cjs";

const FILE = "examples/openrouter-activity.csv";

/**
 * What people do most, and no database is opened for, which changes the flags of V8: compiled code is for the same ones.
 * A function that none of these calls is compiled when it is called.
 */
const COMMANDS = [
  ["import", FILE],
  ["report"],
  ["report", "--range", "all"],
  ["report", "--range", "all", "--json"],
];

/** What a project answers to `aicost prefs`, which compiles what asks projects. */
const ANSWERS = {
  get_schema_status: { migrations: [], migration_texts: {} },
  get_preferences: { timezone: "UTC", currency: "USD", default_date_range: "30d", metadata: {} },
};

const askProject = async (main) => {
  const server = createServer(({ url }, answer) => {
    answer.setHeader("content-type", "application/json");
    answer.end(JSON.stringify(ANSWERS[path.basename(url)]));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env.AICOST_SUPABASE_URL = `http://127.0.0.1:${server.address().port}`;
  process.env.AICOST_SUPABASE_KEY = "sb_publishable_none";
  process.env.AICOST_ACCESS_TOKEN = "none.none.none";
  await main(["prefs", "--json"]);
  if (process.exitCode) throw new Error("aicost prefs failed on a project");
  server.closeAllConnections();
  server.close();
};

process.chdir(path.resolve(import.meta.dirname, ".."));
const folder = mkdtempSync(path.join(tmpdir(), "aicost-compile-"));
for (const name of Object.keys(process.env)) if (name.startsWith("AICOST_")) delete process.env[name];
process.env.AICOST_DATA_DIR = path.join(folder, "data");
process.env.AICOST_CONFIG_DIR = path.join(folder, "config");
process.env.NODE_ENV = "production";
try {
  const { status } = spawnSync(process.execPath, ["bin/run.cjs", "import", FILE], { stdio: "ignore" });
  if (status !== 0) throw new Error(`${FILE} could not be imported`);
  process.stdout.write = (_text, ...rest) => {
    rest.find((each) => typeof each === "function")?.();
    return true;
  };
  const { exports, script } = load();
  for (const argv of COMMANDS) await exports.main(argv);
  await askProject(exports.main);
  writeFileSync(COMPILED, script.createCachedData());
} finally {
  rmSync(folder, { recursive: true });
}
