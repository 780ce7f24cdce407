/** The levels of the bands, in percent. */
export const LEVELS = [80, 95] as const;
export type Level = (typeof LEVELS)[number];

/** One value for each day ahead. */
export interface Band {
  lower: readonly number[];
  upper: readonly number[];
}

/** What a model says of the days ahead, US dollars. */
export interface Prediction {
  point: readonly number[];
  bands: Readonly<Record<Level, Band>>;
}

export const eachBand = (bandOf: (level: Level) => Band): Prediction["bands"] => ({
  80: bandOf(80),
  95: bandOf(95),
});

/** The same on each day. @param spread how far each band goes to either side */
export const flat = (point: number, horizon: number, spread: Record<Level, number>): Prediction => {
  const each = (value: number): number[] => Array<number>(horizon).fill(value);
  return {
    point: each(point),
    bands: eachBand((level) => ({ lower: each(point - spread[level]), upper: each(point + spread[level]) })),
  };
};

/** How much wider bands must be than a model says. */
export type Widening = Readonly<Record<Level, number>>;

/**
 * Bands that are wider by a factor, at least by `floor` on either side. That of 95 % holds that of 80 %.
 * @param floor US dollars
 */
export const widened = ({ point, bands }: Prediction, by: Widening, floor: number): Prediction => {
  const wider = (level: Level): { lower: number[]; upper: number[] } => ({
    lower: point.map(
      (cost, at) => cost - Math.max(floor, by[level] * (cost - (bands[level].lower[at] ?? cost))),
    ),
    upper: point.map(
      (cost, at) => cost + Math.max(floor, by[level] * ((bands[level].upper[at] ?? cost) - cost)),
    ),
  });
  const inner = wider(80);
  const outer = wider(95);
  return {
    point,
    bands: {
      80: inner,
      95: {
        lower: outer.lower.map((cost, at) => Math.min(cost, inner.lower[at] ?? cost)),
        upper: outer.upper.map((cost, at) => Math.max(cost, inner.upper[at] ?? cost)),
      },
    },
  };
};

/** Nothing costs less than $0. */
export const neverBelowZero = ({ point, bands }: Prediction): Prediction => {
  const clipped = (values: readonly number[]): number[] => values.map((value) => Math.max(0, value));
  return {
    point: clipped(point),
    bands: eachBand((level) => ({ lower: clipped(bands[level].lower), upper: clipped(bands[level].upper) })),
  };
};
