import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const MEMORY = "/dev/shm";
const MEMORY_BYTES = 8e9;

/** Hundreds of small databases are made, synced to disk, and thrown away: a folder in memory spares the disk that. */
const useMemory = (): void => {
  if (process.env["TMPDIR"] !== undefined || !existsSync(MEMORY)) return;
  const { bavail, bsize } = statfsSync(MEMORY);
  if (bavail * bsize < MEMORY_BYTES) return;
  const folder = mkdtempSync(`${MEMORY}/aicost-test.`);
  // The test servers run as another user.
  chmodSync(folder, 0o711);
  process.env["TMPDIR"] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
};
useMemory();

/**
 * Where tests make one empty database and one project, which the homes and projects that need one are copies of: see
 * support/open-database.ts and support/supabase/image.ts.
 */
const prepareDatabase = (): void => {
  if (process.env["AICOST_TEST_PREPARED"] !== undefined) return;
  const folder = mkdtempSync(path.join(tmpdir(), "aicost-prepared-"));
  // The test servers run as another user.
  chmodSync(folder, 0o711);
  process.env["AICOST_TEST_PREPARED"] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
};
prepareDatabase();

// Node reads these certificates at each of its thousand starts, which triples the time of each.
delete process.env["NODE_EXTRA_CA_CERTS"];

// A Secret Service comes from Debian's packages, not from npm: see .ci/run. This file is read once a project.
if (process.env["AICOST_TEST_KEYCHAIN"] === undefined) {
  process.env["AICOST_TEST_KEYCHAIN"] = "0";
  process.stderr.write(
    "Left out: test/keychain, which needs dbus, gnome-keyring and libsecret. AICOST_TEST_KEYCHAIN=1 runs it.\n",
  );
}
const testsKeychain = process.env["AICOST_TEST_KEYCHAIN"] === "1";
const keychain: TestProjectConfiguration = {
  extends: true,
  test: { name: "keychain", include: ["test/keychain/**/*.test.ts"] },
};

/** What the built program must do wherever it runs: on other versions of Node, and without the patches of packages. */
const CORE = ["any-node", "program", "today"].map((name) => `test/process/${name}.test.ts`);

/** Random imports against a model of what counts: these work on the schema itself. */
const LAWS = ["laws", "faults", "found"].map((name) => `test/layers/${name}.test.ts`);

/** Values in, values out. */
const PURE = [
  "agents",
  "anomalies",
  "budgets",
  "credits",
  "csv",
  "explain",
  "plans",
  "prices",
  "providers",
  "rates",
  "record",
  "render",
  "reports",
  "terminal",
]
  .map((folder) => `test/${folder}/**/*.test.ts`)
  .concat(
    "test/{batches,dates,docs,error-codes,key-counts,lint-borders,money,parallel,profiles}.test.ts",
    "test/auth/{auth-errors,key,loopback,pasted}.test.ts",
    "test/vault/{ring,seal,transfer}.test.ts",
  );

/** Commands run in the process of their tests, on a database that stays open from file to file: see `keepDatabasesOpen`. */
const COMMANDS = [
  "test/{commands,field,imports,sync}/**/*.test.ts",
  "test/layers/{bills,cases,order,rates}.test.ts",
  "test/archive/{import-sources,older-version,read,round-trip}.test.ts",
  "test/{read-model,support,vault}/**/*.test.ts",
];

/** Bytes that a process may take, with the databases and programs that its tests start. */
const WORKER_BYTES = 1.5e9;

/** One after the other; the shortest files come last, so that no worker waits for another one in the end. */
const PROJECTS = ["program", "core", "keychain", "hosted", "schema", "commands", "pure"];

/** What takes longest, the longest first: the other workers have something to do meanwhile. */
const LONGEST = [
  "screens/screens",
  "process/key-leaks",
  "process/questions",
  "process/sync",
  "process/archive",
  "endure/power-cut",
  "endure/kill",
  "process/reads",
  "store/disk",
  "docs-examples",
  "hosted/faults",
  "hosted/isolation",
  "schema/daily-spend",
  "schema/archive",
  "schema/isolation",
  "schema/ingest",
  "schema/migrations",
  "commands/totals",
  "sync/faults",
  "commands/db-care",
  "commands/import-known",
  "sync/sync",
  "imports/dry-run",
  "commands/report",
  "commands/vault",
].map((name) => `/test/${name}.test.ts`);

/** A process goes on with the next file in the line, if that is of the same project. */
class InTheirProcesses extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const orderOf = ({ moduleId, project }: TestSpecification): [place: number, rank: number] => {
      const rank = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return [PROJECTS.indexOf(project.name), rank === -1 ? LONGEST.length : rank];
    };
    const ordered = (await super.sort(files)).map((file) => ({ file, order: orderOf(file) }));
    ordered.sort(({ order: [place, rank] }, { order: [place2, rank2] }) => place - place2 || rank - rank2);
    return ordered.map(({ file }) => file);
  }
}

export default defineConfig({
  test: {
    // What people see is tested to the byte, so the surroundings are pinned.
    env: { TZ: "UTC", NO_COLOR: "1", COLUMNS: "100" },
    pool: "forks",
    // A process runs one file after the other: a start for each, which compiles PGlite, takes a second of processor time.
    isolate: false,
    // One more than there are processors: many tests wait, for programs, servers and time limits.
    maxWorkers: Math.max(1, Math.min(availableParallelism() + 1, Math.floor(totalmem() / WORKER_BYTES))),
    sequence: { sequencer: InTheirProcesses },
    // Each source file is compiled once, and not once for each project below.
    experimental: { fsModuleCache: true },
    // PGlite takes one to two seconds to open, and many times that on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: "program",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/schema/**",
            ...LAWS,
            "test/hosted/**",
            "test/keychain/**",
            "test/store/contract.test.ts",
            ...CORE,
            ...PURE,
            ...COMMANDS,
          ],
        },
      },
      { extends: true, test: { name: "commands", include: COMMANDS, exclude: PURE } },
      { extends: true, test: { name: "core", include: CORE } },
      { extends: true, test: { name: "pure", include: PURE } },
      {
        extends: true,
        test: {
          name: "schema",
          include: ["test/schema/**/*.test.ts", ...LAWS],
          globalSetup: ["test/support/servers.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "hosted",
          include: ["test/hosted/**/*.test.ts", "test/store/contract.test.ts"],
          globalSetup: ["test/support/hosted-setup.ts"],
        },
      },
      ...(testsKeychain ? [keychain] : []),
    ],
  },
});
