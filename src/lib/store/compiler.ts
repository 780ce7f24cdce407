import { setFlagsFromString } from "node:v8";

/**
 * V8's baseline compiler only. On the command line the first flag brings the next two; set at run time it does not. With the
 * last one, V8 checks a function on its first call. Checking all 13,700 up front takes 50 ms, and a command calls few of them.
 */
const BASELINE = [
  "--liftoff-only",
  "--no-wasm-tier-up",
  "--no-wasm-dynamic-tiering",
  "--wasm-lazy-validation",
];

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

/** Whether functions that are called for the first time from now on may be optimized: all, or only the first one. */
const MAY_BE_OPTIMIZED = { all: "--wasm-tier-up-filter=-1", one: "--wasm-tier-up-filter=0" };

/** @param heavy long work pays for the optimizing compiler; short commands start twice as fast without it */
export const chooseCompiler = (heavy: boolean): void => {
  for (const flag of heavy ? SPARING : BASELINE) setFlagsFromString(flag);
};

/** A database that has not been sent a message yet. */
interface Unused {
  execProtocolRawSync(...message: never[]): unknown;
}

/**
 * Has PostgreSQL's grammar never optimized: it is one large function, for which Node 24 takes 600 MB. The first message
 * calls it first, because PostgreSQL parses a statement then. @param db changed in place
 */
export const spareGrammar = (db: Unused): void => {
  const send = db.execProtocolRawSync.bind(db);
  db.execProtocolRawSync = (...message) => {
    db.execProtocolRawSync = send;
    setFlagsFromString(MAY_BE_OPTIMIZED.one);
    try {
      return send(...message);
    } finally {
      setFlagsFromString(MAY_BE_OPTIMIZED.all);
    }
  };
};
