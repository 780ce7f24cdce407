const { AICOST_FUZZ_CASES = "800", AICOST_FUZZ_SEED } = process.env;

/**
 * How often a property is tried: its share of all cases. `npm run fuzz` sets how many these are, and the seed that
 * repeats them.
 */
export const running = (share: number): { numRuns: number; seed?: number } => ({
  numRuns: Math.ceil(Number(AICOST_FUZZ_CASES) * share),
  ...(AICOST_FUZZ_SEED !== undefined && { seed: Number(AICOST_FUZZ_SEED) }),
});
