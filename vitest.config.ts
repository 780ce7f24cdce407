import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";

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

/** Values in, values out: these leave nothing behind in their process, which spares each file a start of its own. */
const PURE = ["csv", "providers", "render", "reports"]
  .map((folder) => `test/${folder}/**/*.test.ts`)
  .concat(
    "test/{batches,dates,docs,error-codes,key-counts,lint-borders,money,parallel,profiles}.test.ts",
    "test/auth/{auth-errors,key,loopback}.test.ts",
    "test/vault/{ring,seal,transfer}.test.ts",
  );

/** Bytes that a test file may take, with the databases and programs that it starts. */
const WORKER_BYTES = 1.5e9;

export default defineConfig({
  test: {
    // What people see is tested to the byte, so the surroundings are pinned.
    env: { TZ: "UTC", NO_COLOR: "1", COLUMNS: "100" },
    pool: "forks",
    maxWorkers: Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / WORKER_BYTES))),
    // PGlite takes one to two seconds to open, more while another process is busy.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "program",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/schema/**",
            "test/hosted/**",
            "test/keychain/**",
            "test/store/contract.test.ts",
            ...CORE,
            ...PURE,
          ],
        },
      },
      { extends: true, test: { name: "core", include: CORE } },
      { extends: true, test: { name: "pure", include: PURE, isolate: false } },
      {
        extends: true,
        test: {
          name: "schema",
          include: ["test/schema/**/*.test.ts"],
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
