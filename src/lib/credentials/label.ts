import type { StoredCredential } from "../api.js";

/** What a credential is called. */
type Named = Pick<StoredCredential, "provider" | "name">;

/** The name of a credential that was given none. */
export const DEFAULT_NAME = "default";

/** A person's name for a credential: the provider's, and its own if that is not the usual one. */
export const labelOf = ({ provider, name }: Named): string =>
  name === DEFAULT_NAME ? provider : `${provider} (${name})`;

/** What a command on that credential takes, for hints. */
export const argsOf = ({ provider, name }: Named): string =>
  name === DEFAULT_NAME ? provider : `${provider} --name ${name}`;
