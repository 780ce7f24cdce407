import { utimesSync } from "node:fs";
import { expect, it } from "vitest";
import { newHome, runWords } from "../support/cli.js";
import { addToTranscript, claudeLine } from "../support/claude-log.js";
import { giveDatabase } from "../support/open-database.js";
import { finding } from "./setup.js";

const line = (id: string) => claudeLine({ id, at: "2026-11-20T10:00:00Z", output: 10 });

it("aicost doctor finds logs of agents that were never scanned, changed since, or are about to be deleted", async () => {
  const home = await giveDatabase(newHome());
  const machine = { platform: "linux" as const, env: {}, home: home.folder, uid: 501 };
  const later = (days: number) => new Date(Date.now() + days * 86_400_000);
  const found = (days: number) => finding(home, "agents", { machine, now: later(days) });
  expect(await found(0)).toBeUndefined();
  const file = addToTranscript(home, line("a"));
  expect(await found(0)).toEqual({
    state: "warning",
    says: "Claude Code: logs that were never scanned",
    type: "aicost scan",
  });
  const env = { HOME: home.folder };
  expect(await runWords(["scan", "--yes"], home, { env })).toMatchObject({ exit: 0 });
  expect(await found(40)).toMatchObject({
    state: "ok",
    says: expect.stringMatching(/^Claude Code, last scan \d{4}-\d\d-\d\d \d\d:\d\d UTC$/) as string,
  });
  addToTranscript(home, line("b"));
  expect(await found(1)).toMatchObject({ state: "ok" });
  expect(await found(3)).toMatchObject({
    state: "warning",
    says: "1 log changed since the last scan, which was 3 days ago",
  });
  const old = later(-25);
  utimesSync(file, old, old);
  expect(await found(0)).toEqual({
    state: "warning",
    says: "Claude Code deletes 1 log that is not stored yet within 7 days",
    type: "aicost scan",
  });
});
