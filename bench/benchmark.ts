/** How much work a benchmark does. */
export interface Size {
  /** Rows of the data that it makes. */
  rows: number;
  /** How often each thing is measured; the median counts. */
  runs: number;
}

/** One benchmark: what is measured beside what, on the same data, in one run. */
export interface Benchmark {
  /** For the title, for example `Importing over HTTP`. */
  title: string;
  run(size: Size): Promise<Comparison>;
}

export interface Comparison {
  /** The peer first. */
  measures: Measure[];
  demands: Demand[];
}

/** Medians of one of the things that are compared. */
export interface Measure {
  name: string;
  seconds: number;
  /** Peak of the resident memory of the program. */
  megabytes: number;
}

/** What is asked of a benchmark. */
export interface Demand {
  /** For example `at most 2 times the embedded import`. */
  what: string;
  measured: string;
  met: boolean;
}
