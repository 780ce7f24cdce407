import { UserError } from "../errors.js";
import { nearest } from "../nearest.js";
import type { ChargeKind } from "../record/kinds.js";

/** Limits of a report or a list; no filter means all. */
export interface SpendFilters {
  /** In lower case. */
  providers?: readonly string[];
  /** Parts of a model's name, or globs with `*` for the whole name; case does not matter. */
  models?: readonly string[];
  kinds?: readonly ChargeKind[];
  /** Leaves out flat fees of plans. */
  noSubscriptions?: boolean;
}

/** @throws UserError `filter_empty` for a name without a character */
export const parseFilters = (
  flags: Record<"providers" | "models", readonly string[]>,
): Required<Pick<SpendFilters, "providers" | "models">> => ({
  providers: named(flags.providers, "--provider", "openai").map((name) => name.toLowerCase()),
  models: named(flags.models, "--model", "gpt-5"),
});

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
    `${meant.length > 0 ? `Did you mean ${meant.join(" or ")}? ` : ""}See all with: aicost providers`,
  );
};
