/**
 * What is paid for, in FOCUS's terms: metered `usage`; `extra_usage` beyond what a plan covers; the flat fee of a
 * `subscription`; a `top_up`, credit bought ahead, which is not a cost until it is used; a `fee` of the provider; `tax`; or
 * a `credit`, money given back.
 */
export const CHARGE_KINDS = [
  "usage",
  "extra_usage",
  "subscription",
  "top_up",
  "fee",
  "tax",
  "credit",
] as const;

/** What is used from day to day: a flat fee, a top-up or a credit says nothing of the days around it. */
export const isMetered = (kind: ChargeKind): boolean => kind === "usage" || kind === "extra_usage";

export type ChargeKind = (typeof CHARGE_KINDS)[number];

/** As people type them: `extra-usage`. */
export const KIND_NAMES = CHARGE_KINDS.map((kind) => kind.replace("_", "-"));

/** What is typed, with kinds as the JSON writes them (`--kind top_up`) in their own spelling. */
export const withKindNames = (argv: readonly string[]): string[] =>
  argv.map((word, at) => {
    const [, flag = "", names = argv[at - 1] === "--kind" ? word : ""] = /^(--kind=)(.*)$/.exec(word) ?? [];
    return names === "" ? word : flag + names.split(",").map(inOwnSpelling).join(",");
  });

const inOwnSpelling = (name: string): string =>
  (CHARGE_KINDS as readonly string[]).includes(name) ? name.replace("_", "-") : name;

/** @param name one of `KIND_NAMES` */
export const kindNamed = (name: string): ChargeKind | undefined => CHARGE_KINDS[KIND_NAMES.indexOf(name)];

/** As a word in a table. */
export const kindText = (kind: ChargeKind): string => (kind === "top_up" ? "top-up" : kind.replace("_", " "));
