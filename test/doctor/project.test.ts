import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { HostedProfile } from "../../src/lib/config/profiles.js";
import { UserError } from "../../src/lib/errors.js";
import { openStore } from "../../src/lib/store/index.js";
import { startAnswering } from "../support/answering-server.js";
import { type Home, newHome } from "../support/cli.js";
import { looked } from "./setup.js";

/** A session that must be renewed before it is used, in a file. */
const endedSession = ({ configDir }: Home) => {
  mkdirSync(path.join(configDir, "secrets"), { mode: 0o700 });
  const session = { access_token: "old", refresh_token: "next", expires_at: 0 };
  writeFileSync(path.join(configDir, "secrets/session-s1.secret"), JSON.stringify(session), { mode: 0o600 });
  return { id: "s1", kept: "file" as const, user_id: "u1", email: "ada@example.com" };
};

describe("aicost doctor", () => {
  it.each(["the data", "the renewal of a session"])(
    "does not wait for a project that hangs on %s",
    async (what) => {
      const home = newHome();
      let asked = "";
      const limit = new AbortController();
      const { url, stop } = await startAnswering(({ url: address = "" }) => {
        asked = address;
        // It never answers, and time is up.
        limit.abort(new UserError("unreachable", "The project did not answer.", "Check the connection"));
      });
      const project = { url, key: "sb_publishable_1" };
      const profile: HostedProfile = {
        ...project,
        kind: "hosted",
        name: "work",
        saved: { ...project, session: endedSession(home) },
        token: what === "the data" ? "token" : undefined,
      };
      try {
        const { signal } = limit;
        const checks = await looked(home, ["project", "keys", "coverage"], {
          profile: () => profile,
          openStore: () =>
            openStore({
              profile,
              place: { configDir: home.configDir, command: "test", waitMs: 0 },
              dataDir: home.dataDir,
              heavy: false,
              signal,
              onWait: () => undefined,
            }),
        });
        expect(asked).toMatch(what === "the data" ? /get_schema_status/ : /grant_type=refresh_token/);
        expect(checks[0]).toMatchObject({
          name: "project",
          state: "wrong",
          says: "The project did not answer.",
        });
        expect(checks.slice(1).map(({ state }) => state)).toEqual(["unknown", "unknown"]);
      } finally {
        await stop();
      }
    },
  );
});
