import { defineConfig } from "vitest/config";

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
        test: { name: "program", include: ["test/**/*.test.ts"], exclude: ["test/schema/**"] },
      },
      {
        extends: true,
        test: {
          name: "schema",
          include: ["test/schema/**/*.test.ts"],
          globalSetup: ["test/support/servers.ts"],
        },
      },
    ],
  },
});
