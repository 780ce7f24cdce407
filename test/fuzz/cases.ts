const { AICOST_FUZZ_CASES = "800", AICOST_FUZZ_SEED = "1" } = process.env;

/**
 * How often a property is tried: its share of all cases. The suite tries the same ones each time, so that it fails for a
 * change and not by chance; `npm run fuzz` looks for new ones, with a seed that repeats them.
 */
export const running = (share: number): { numRuns: number; seed: number } => ({
  numRuns: Math.ceil(Number(AICOST_FUZZ_CASES) * share),
  seed: Number(AICOST_FUZZ_SEED),
});
