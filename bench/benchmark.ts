import type { Homes } from "./homes.js";

/** How much work a benchmark does. */
export interface Size {
  /** How many records there are, from few to many. */
  rows: readonly [few: number, some: number, many: number];
  /** How often each thing is measured; the median counts. */
  runs: number;
}

/** What is measured beside what, on the same data, in one run. */
export interface Benchmark {
  run(size: Size, homes: Homes): Promise<Comparison[]>;
}

/** One table of results. */
export interface Comparison {
  /** For example `Importing 100,000 rows over HTTP`. */
  title: string;
  /** The peer first: the ratios are to it. */
  measures: Measure[];
  demands: Demand[];
}

/** Medians of one of the things that are compared. */
export interface Measure {
  name: string;
  seconds: number;
  /** Peak of the resident memory of the program; null where it is not asked. */
  megabytes: number | null;
}

/** What is asked of a benchmark. */
export interface Demand {
  /** For example `at most 2 times the embedded import`. */
  what: string;
  measured: string;
  met: boolean;
}

/** A demand on how long something takes beside something else. */
export const atMostTimes = (most: number, measured: Measure, peer: Measure): Demand => {
  const times = measured.seconds / peer.seconds;
  return {
    what: `${measured.name}: at most ${most} × ${peer.name}`,
    measured: times.toFixed(times < 1 ? 3 : 2),
    met: times <= most,
  };
};

/** What any run of the program may use. */
const MOST_MEGABYTES = 350;

/** The demand on the peak of memory, of all measures that have one. */
export const atMostMemory = (measures: readonly Measure[]): Demand => {
  const peak = Math.max(...measures.map(({ megabytes }) => megabytes ?? 0));
  return {
    what: `peak memory: at most ${MOST_MEGABYTES} MB`,
    measured: `${Math.round(peak)} MB`,
    met: peak <= MOST_MEGABYTES,
  };
};
