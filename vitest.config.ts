import { defineConfig, type TestProjectConfiguration } from "vitest/config";

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

export default defineConfig({
  test: {
    // What people see is tested to the byte, so the surroundings are pinned.
    env: { TZ: "UTC", NO_COLOR: "1", COLUMNS: "100" },
    pool: "forks",
    maxWorkers: 2,
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
          ],
        },
      },
      { extends: true, test: { name: "core", include: CORE } },
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
