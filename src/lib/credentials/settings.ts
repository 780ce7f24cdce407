import { UserError } from "../errors.js";
import { ask, canAsk, refusedBy } from "../terminal/prompt.js";
import type { Collector } from "../providers/collector.js";
import { holdsSecret } from "../record/secret-form.js";
import type { StoredCredential } from "../api.js";
import { parseBaseUrl } from "./check.js";
import { argsOf, labelOf } from "./label.js";

/** Undefined for a provider with an address of its own. @throws UserError `base_url_missing` without a terminal */
export const askedBaseUrl = async ({ baseUrl, title, provider }: Collector): Promise<string | undefined> => {
  if (baseUrl !== null) return undefined;
  if (!canAsk()) {
    throw new UserError(
      "base_url_missing",
      `The address of your ${title} is not known.`,
      `Name it: aicost credentials add ${provider} --base-url https://llm.example.com`,
    );
  }
  const check = refusedBy(parseBaseUrl);
  const answers = await ask([{ name: "url", message: `Address of your ${title}`, check }]);
  return answers["url"];
};

/** Before a key is asked for. @throws UserError `credential_exists`, `credential_name` */
export const refuseTaken = (
  credentials: readonly StoredCredential[],
  named: Pick<StoredCredential, "provider" | "name">,
): void => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(named.name) || holdsSecret(named.name)) {
    throw new UserError(
      "credential_name",
      `“${named.name}” cannot be the name of a key.`,
      "Use letters, digits, dots and dashes, for example: --name work",
    );
  }
  const { provider, name } = named;
  if (!credentials.some((each) => each.provider === provider && each.name === name)) return;
  throw new UserError(
    "credential_exists",
    `There is a key of ${labelOf(named)} already.`,
    `Replace it with: aicost credentials rotate ${argsOf(named)}\nOr store this one beside it: aicost credentials add ${provider} --name NAME`,
  );
};
