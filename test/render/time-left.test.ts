import { describe, expect, it } from "vitest";
import { timeLeft } from "../../src/lib/terminal/time-left.js";

describe("the time that work still takes", () => {
  it("is not shown below 5 %, nor at the end", () => {
    expect([0, 1, 49].map((done) => timeLeft(done, 1000, 10_000))).toEqual(["", "", ""]);
    expect(timeLeft(1000, 1000, 10_000)).toBe("");
  });

  it.each([
    [500, 4_000, "4 s left"],
    [500, 31_000, "35 s left"],
    [500, 89_000, "90 s left"],
    [100, 60_000, "9 min left"],
  ])("is that of what is done: %i of 1000 in %i ms is %s", (done, elapsed, text) => {
    expect(timeLeft(done, 1000, elapsed)).toBe(text);
  });

  it("does not jump by minutes if the speed changes for a moment", () => {
    const minutes = (text: string): number => Number(text.split(" ")[0]);
    const before = minutes(timeLeft(2000, 10_000, 120_000));
    // Ten seconds in which nothing was done.
    expect(Math.abs(minutes(timeLeft(2000, 10_000, 130_000)) - before)).toBeLessThanOrEqual(1);
  });
});
