import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backends, type Database } from "../support/database.js";
import { failureOf, playground } from "./play.js";
import { Random, randomSteps } from "./steps.js";

/** `npm run endure` plays this many on each database system, the suite a few. */
const { AICOST_ENDURE_LAWS } = process.env;
const IN_SUITE = { pglite: 6, native: 4 };
const SEED = Number(process.env["AICOST_FUZZ_SEED"] ?? 13);
const STEPS = 10;
/** After so many, the rest would say the same. */
const MOST_FAILURES = 3;

describe.each(backends)("the laws of what counts on $name", (backend) => {
  let db: Database;
  beforeAll(async () => {
    db = await playground(backend);
  });
  afterAll(() => db.close());

  const sequences = Number(AICOST_ENDURE_LAWS ?? IN_SUITE[backend.kind]);
  /** Each plays others. */
  const first = backends.indexOf(backend) * 1_000_000;

  it("hold after every step of random sequences", { timeout: 0 }, async () => {
    const failures: string[] = [];
    // Two people take turns, so each round plays two sequences.
    for (let round = 0; round < sequences / 2 && failures.length < MOST_FAILURES; round++) {
      const steps = randomSteps(new Random(SEED * 1_000_003 + first + round), STEPS);
      const failure = await failureOf(db, steps);
      if (failure !== null) failures.push(`seed ${SEED}, round ${round}:\n${failure}`);
    }
    expect(failures.join("\n\n")).toBe("");
  });
});
