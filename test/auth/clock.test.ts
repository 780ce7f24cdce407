import { describe, expect, it } from "vitest";
import { clockHint } from "../../src/lib/server/clock.js";

const dated = (minutesAgo: number): Headers =>
  new Headers({ date: new Date(Date.now() - minutesAgo * 60_000).toUTCString() });

describe("the clock of this machine", () => {
  it("is told to be wrong by the minutes that the server's differs", () => {
    expect(clockHint(dated(10))).toBe(
      "The clock of this machine is 10 minutes ahead of that of the server; set it right.",
    );
    expect(clockHint(dated(-10))).toContain("10 minutes behind");
  });

  it("is right enough within a few minutes, or if the server does not tell", () => {
    expect(clockHint(dated(3))).toBeNull();
    expect(clockHint(new Headers())).toBeNull();
    expect(clockHint(new Headers({ date: "yesterday" }))).toBeNull();
  });
});
