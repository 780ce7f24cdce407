import { UserError } from "../errors.js";
import { didYouMean, nearest } from "../nearest.js";
import type { WhoKey } from "../api.js";
import type { ChargeKind } from "../record/kinds.js";
import { refuseSecret } from "../record/secret-form.js";

/** Limits of a report or a list; no filter means all. */
export interface SpendFilters {
  /** In lower case. */
  providers?: readonly string[];
  /** Parts of a model's name, or globs with `*` for the whole name; case does not matter. */
  models?: readonly string[];
  kinds?: readonly ChargeKind[];
  /** Names or ids of accounts, projects, keys, agents and sessions, or globs with `*`; case does not matter. */
  who?: Partial<Record<WhoKey, readonly string[]>>;
  /** Leaves out flat fees of plans. */
  noSubscriptions?: boolean;
}

/** The providers that a filter names; undefined for all. */
export const askedProviders = ({ providers = [] }: SpendFilters): readonly string[] | undefined =>
  providers.length > 0 ? providers : undefined;

/** @throws UserError `filter_empty` for a name without a character */
export const parseFilters = (
  flags: Record<"providers" | "models", readonly string[]>,
): Required<Pick<SpendFilters, "providers" | "models">> => ({
  providers: named(flags.providers, "--provider", "openai").map((name) => name.toLowerCase()),
  models: named(flags.models, "--model", "gpt-5"),
});

/**
 * Names, globs and, unless told otherwise, lists of them with commas between.
 * @throws UserError `filter_empty`, `key_is_secret` for what looks like a key itself, which is not shown
 */
export const parseWho = (
  flags: Partial<Record<"account" | "project" | "key" | "agent" | "session", readonly string[] | undefined>>,
  { lists = true } = {},
): NonNullable<SpendFilters["who"]> => {
  const listOf = (flag: keyof typeof flags, example: string): string[] =>
    named(
      (flags[flag] ?? []).flatMap((text) => (lists ? listIn(text) : text)),
      `--${flag}`,
      example,
    );
  const keys = listOf("key", "production");
  keys.forEach(refuseSecret);
  const who = {
    account: listOf("account", "acme"),
    project: listOf("project", "shop"),
    api_key: keys,
    agent: listOf("agent", "claude-code"),
    session: listOf("session", "'3f2a*'"),
  };
  return Object.fromEntries(Object.entries(who).filter(([, names]) => names.length > 0));
};

/** A name may have a comma itself. */
const listIn = (text: string): string[] => (text.includes(",") ? [text, ...text.split(",")] : [text]);

const named = (names: readonly string[], flag: string, example: string): string[] => {
  const trimmed = names.map((name) => name.trim());
  if (!trimmed.includes("")) return trimmed;
  throw new UserError(
    "filter_empty",
    `${flag} has no value.`,
    `Leave it out, or give a value, for example: ${flag} ${example}`,
  );
};

/** With a typo, a report would be silently empty. @throws UserError `provider_unknown` */
export const checkProviders = (
  { providers = [] }: SpendFilters,
  known: readonly { name: string }[],
): void => {
  const names = known.map(({ name }) => name);
  const unknown = providers.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, names).map((name) => `--provider ${name}`);
  throw new UserError(
    "provider_unknown",
    `There is no provider “${unknown}”.`,
    `${didYouMean(meant)}See all with: aicost providers`,
  );
};
