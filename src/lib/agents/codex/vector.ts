import { isObject } from "../../system/json.js";
import type { CallTokens } from "../call.js";
import { countOf } from "../fields.js";

/** Input, cached, written to the cache, output, reasoning: the second and third in the first, the last in the fourth. */
export type Vector = readonly [number, number, number, number, number];

/** @returns undefined if there is no usage */
export const vectorIn = (usage: unknown): Vector | undefined =>
  isObject(usage)
    ? [
        countOf(usage["input_tokens"]),
        countOf(usage["cached_input_tokens"]),
        countOf(usage["cache_write_input_tokens"]),
        countOf(usage["output_tokens"]),
        countOf(usage["reasoning_output_tokens"]),
      ]
    : undefined;

export const isSame = (one: Vector, other: Vector): boolean => one.every((part, at) => part === other[at]);

export const isSmaller = (one: Vector, other: Vector): boolean =>
  one.some((part, at) => part < (other[at] ?? 0));

export const difference = (one: Vector, other: Vector): Vector => [
  one[0] - other[0],
  one[1] - other[1],
  one[2] - other[2],
  one[3] - other[3],
  one[4] - other[4],
];

/** The estimate after a compaction has neither input nor output. */
export const isEmpty = ([input, , , output]: Vector): boolean => input === 0 && output === 0;

export const tokensOf = ([input, cacheRead, cacheWrite, output, reasoning]: Vector): CallTokens => ({
  input,
  cacheRead,
  cacheWrite,
  cacheWrite1h: 0,
  output,
  reasoning,
});
