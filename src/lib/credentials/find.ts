import { UserError } from "../errors.js";
import { didYouMean, nearest } from "../nearest.js";
import type { Collector } from "../providers/collector.js";
import { collectorOf, collectors } from "../providers/collectors.js";
import { parseProvider } from "../record/provider-name.js";
import type { StoredCredential } from "../api.js";
import { labelOf } from "./label.js";

/** @throws UserError `provider_not_collected` */
export const typedCollector = (text: string): Collector => {
  const provider = parseProvider(text);
  const collector = collectorOf(provider);
  if (collector !== undefined) return collector;
  const names = collectors.map((each) => each.provider);
  const guess = nearest(provider, names).slice(0, 1);
  throw new UserError(
    "provider_not_collected",
    `aicost cannot collect from “${provider}”.`,
    `${didYouMean(guess)}It collects from ${names.join(", ")}. For others, import their files: aicost import FILE`,
  );
};

/** @param name needed if the provider has several. @throws UserError `credential_unknown`, `credential_ambiguous` */
export const findCredential = (
  credentials: readonly StoredCredential[],
  provider: string,
  name: string | undefined,
): StoredCredential => {
  const of = credentials.filter((each) => each.provider === parseProvider(provider));
  const found = name === undefined ? of : of.filter((each) => each.name === name);
  const [only, other] = found;
  if (only !== undefined && other === undefined) return only;
  if (only !== undefined) {
    throw new UserError(
      "credential_ambiguous",
      `There are several keys of ${only.provider}: ${found.map((each) => each.name).join(", ")}.`,
      `Say which one: --name ${only.name}`,
    );
  }
  throw new UserError(
    "credential_unknown",
    `No key of ${name === undefined ? provider : labelOf({ provider, name })} is stored.`,
    of.length > 0
      ? `There is ${of.map((each) => each.name).join(", ")}.`
      : `See what is stored with: aicost credentials. Store one with: aicost credentials add ${provider}`,
  );
};
