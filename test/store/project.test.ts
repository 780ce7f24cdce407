import { describe, expect, it } from "vitest";
import type { SqlRunner } from "../../src/lib/store/sql.js";
import { migrateProject, projectStatus } from "../../src/lib/store/project.js";

/** A server that is older than any that can be had from npm: it says so, and takes no other question. */
const oldServer: SqlRunner = {
  exec: (sql) => Promise.reject(new Error(sql)),
  query: (sql) => {
    if (sql.includes("auth.users")) return Promise.resolve({ rows: [{ value: "auth.users" }] as never[] });
    if (sql.includes("server_version_num"))
      return Promise.resolve({ rows: [{ value: "140012" }] as never[] });
    return Promise.reject(new Error(sql));
  },
};

describe("a project on PostgreSQL 14", () => {
  it.each([
    ["migrated", migrateProject],
    ["looked at", projectStatus],
  ])("is not %s", async (_what, work) => {
    await expect(work(oldServer)).rejects.toMatchObject({
      exit: 5,
      code: "postgres_too_old",
      message: "The database runs PostgreSQL 14; aicost needs 15 or newer.",
    });
  });
});
