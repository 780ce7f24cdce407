import type { PowerCut } from "./simulated-disk.js";
import type { Trace } from "./trace.js";

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export const randomNumbers = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Nothing is on the disk but what is synced. */
export const LOSES_ALL: PowerCut = { keepsName: () => false, version: () => 0 };

/** All is on the disk. */
export const LOSES_NOTHING: PowerCut = { keepsName: () => true, version: (changes) => changes };

/** How much of what is not synced is on the disk. */
const SHARES = [0, 0.1, 0.5, 0.9, 1];

/** A power cut that leaves any part of what is not synced, whatever came first. */
export const randomCut = (random: () => number): PowerCut => {
  const share = SHARES[Math.floor(random() * SHARES.length)]!;
  return {
    keepsName: () => random() < share,
    version: (changes) =>
      random() < share ? changes : Math.floor(random() * changes * Math.min(share * 2, 1)),
  };
};

/** What a cut can tear apart. */
const TURNS: readonly string[] = ["sync", "rename", "remove", "print"];

/**
 * A moment of each part of a trace in turns, in the order of time: half of them beside a sync, a rename or a receipt.
 * @param ends how many events there are at the end of each part
 */
export const momentsOf = (
  { events }: Trace,
  ends: readonly number[],
  count: number,
  random: () => number,
): number[] => {
  const parts = ends.map((end, at) => ({ start: at === 0 ? 0 : ends[at - 1]!, end }));
  const moments = Array.from({ length: count }, (_, at) => {
    const { start, end } = parts[at % parts.length]!;
    const turns = events.flatMap(({ op }, index) =>
      index >= start && index < end && TURNS.includes(op) ? [index] : [],
    );
    if (random() < 0.5 || turns.length === 0) return start + Math.ceil(random() * (end - start));
    return turns[Math.floor(random() * turns.length)]! + Math.floor(random() * 2);
  });
  return moments.sort((a, b) => a - b);
};
