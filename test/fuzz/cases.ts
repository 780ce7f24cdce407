const { AICOST_FUZZ_CASES = "800", AICOST_FUZZ_SEED = "1" } = process.env;

/**
 * How often a property is tried: its share of all cases. The suite tries the same ones each time, so that only a change makes
 * it fail; `npm run fuzz` tries new ones, and prints the seed that repeats them.
 */
export const running = (share: number): { numRuns: number; seed: number } => ({
  numRuns: Math.ceil(Number(AICOST_FUZZ_CASES) * share),
  seed: Number(AICOST_FUZZ_SEED),
});
