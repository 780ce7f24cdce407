import { setFlagsFromString } from "node:v8";

/**
 * V8's baseline compiler alone. On the command line the first flag brings the others; set at run time it does not, and
 * Node 24 then takes 600 MB to optimize one function of PostgreSQL.
 */
const BASELINE = ["--liftoff-only", "--no-wasm-tier-up", "--no-wasm-dynamic-tiering"];

/**
 * The optimizing compiler takes a hundred megabytes, unless it compiles one function at a time, only the busiest, and
 * leaves their loops as they are.
 */
const SPARING = [
  "--wasm-num-compilation-tasks=1",
  "--wasm-tiering-budget=200000000",
  "--no-wasm-loop-unrolling",
  "--no-wasm-loop-peeling",
];

/** From Node 24 on, the optimizing compiler takes 600 MB whatever it is told. */
const LAST_SPARING = 23;

/**
 * Chooses how V8 compiles PostgreSQL.
 * @param heavy long work pays for the optimizing compiler; short commands start twice as fast without it
 */
export const chooseCompiler = (heavy: boolean): void => {
  const isSparing = Number(process.versions.node.split(".")[0]) <= LAST_SPARING;
  for (const flag of heavy && isSparing ? SPARING : BASELINE) setFlagsFromString(flag);
};
