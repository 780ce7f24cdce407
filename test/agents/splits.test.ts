import fc from "fast-check";
import { expect, test } from "vitest";
import { type Arrival, arrivals, arrive, putNames, SCANS } from "../support/arriving-logs.js";
import { callsOf, newFolder, sampleHome, Stored } from "./homes.js";

const scanInParts = async (given: readonly Arrival[]): Promise<Stored> => {
  const home = newFolder();
  putNames(home);
  const stored = new Stored();
  for (let scan = 0; scan < SCANS; scan += 1) {
    arrive(home, given, scan);
    await stored.scan(home);
  }
  return stored;
};

test("any split of the logs into several scans gives the calls of one scan", async () => {
  const expected = (await callsOf(sampleHome())).list();
  const law = fc.asyncProperty(arrivals, async (given) => {
    expect((await scanInParts(given)).list()).toEqual(expected);
  });
  await fc.assert(law, { numRuns: Number(process.env["AICOST_ENDURE_RUNS"] ?? 6) });
});
