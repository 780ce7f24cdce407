import type { StoredCredential } from "../api.js";

type Named = Pick<StoredCredential, "provider" | "name">;

export const DEFAULT_NAME = "default";

export const labelOf = ({ provider, name }: Named): string =>
  name === DEFAULT_NAME ? provider : `${provider} (${name})`;

/** What a command on that credential takes, for hints. */
export const argsOf = ({ provider, name }: Named): string =>
  name === DEFAULT_NAME ? provider : `${provider} --name ${name}`;
