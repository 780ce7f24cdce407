import { describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/errors.js";
import { completeThrough, dateSince, windowOf } from "../../src/lib/sync/window.js";
import type { SyncState } from "../../src/lib/api.js";

const NOW = new Date("2026-11-22T00:30:00Z");

const state = (complete_through: string | null): SyncState => ({
  feed: "x",
  complete_through,
  memory: { balance: "1" },
  synced_at: "2026-11-20T00:00:00Z",
});

describe("the days that a feed is asked for", () => {
  it("go back 90 days the first time", () => {
    expect(windowOf(undefined, undefined, NOW)).toEqual({
      from: "2026-08-24",
      to: "2026-11-22",
      now: NOW,
      memory: null,
    });
  });

  it("begin with the last three complete ones later, and end today", () => {
    expect(windowOf(state("2026-11-20"), undefined, NOW)).toMatchObject({
      from: "2026-11-18",
      to: "2026-11-22",
      memory: { balance: "1" },
    });
  });

  it("go back as the first time if no day was complete", () => {
    expect(windowOf(state(null), undefined, NOW).from).toBe("2026-08-24");
  });

  it("begin where the user says, be it earlier or later", () => {
    for (const since of ["2025-01-01", "2026-11-22"]) {
      expect(windowOf(state("2026-11-20"), since, NOW).from).toBe(since);
    }
  });
});

describe("the last complete day", () => {
  const window = { from: "2026-11-10", to: "2026-11-22", now: NOW, memory: null };
  const days = (...names: string[]) => new Set(names);

  it("is yesterday, UTC, once a feed came to its end", () => {
    expect(completeThrough(window, null, days("2026-11-10"), true)).toBe("2026-11-21");
  });

  it("is the last one without a gap if the feed was cut short", () => {
    const came = days("2026-11-11", "2026-11-10", "2026-11-13");
    expect(completeThrough(window, null, came, false)).toBe("2026-11-11");
  });

  it("is never today", () => {
    const from = "2026-11-21";
    expect(completeThrough({ ...window, from }, null, days(from, "2026-11-22"), false)).toBe("2026-11-21");
  });

  it("stays if nothing came", () => {
    expect(completeThrough(window, "2026-11-12", days(), false)).toBe("2026-11-12");
    expect(completeThrough(window, null, days("2026-11-11"), false)).toBeNull();
  });

  it("stays if days between were left out by the user", () => {
    expect(completeThrough(window, "2026-11-08", days(), true)).toBe("2026-11-08");
    expect(completeThrough(window, "2026-11-09", days(), true)).toBe("2026-11-21");
  });
});

describe("the day to begin with", () => {
  it("is a date from 2015 to today", () => {
    expect(dateSince(undefined, NOW)).toBeUndefined();
    expect(dateSince(" 2026-11-22 ", NOW)).toBe("2026-11-22");
    for (const text of ["tomorrow", "2026-02-30", "2026-11-23", "2014-12-31", ""]) {
      expect(() => dateSince(text, NOW), text).toThrow(UserError);
    }
  });
});
