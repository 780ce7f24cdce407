import type { ChargeKind } from "../record/kinds.js";

/** Words of a bill that say what kind of charge a line is; the first that is found counts. */
const WORDS: readonly (readonly [RegExp, ChargeKind])[] = [
  [/\b(?:sales |use )?tax(?:es)?\b|\bvat\b|\bgst\b/i, "tax"],
  [/\brefund|\bpromotion|\bcredit note|\bdiscount\b|\bgoodwill/i, "credit"],
  [/\btop[- ]?ups?\b|\bpre-?pa(?:id|y|yment)|\bcredits?\b/i, "top_up"],
  [
    /\bseats?\b|\bsubscriptions?\b|\blicen[cs]es?\b|\bplans?\b|\buser[- ]months?\b|\bcommitments?\b/i,
    "subscription",
  ],
  [/\bfees?\b|\bsurcharge/i, "fee"],
];

/** What kind of charge a text speaks of; undefined if it names none. */
export const kindInText = (text: string | null): ChargeKind | undefined =>
  text === null ? undefined : WORDS.find(([words]) => words.test(text))?.[1];
