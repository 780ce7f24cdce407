import type { Hidden } from "../hidden.js";
import type { Collector } from "../providers/collector.js";
import type { ApiOptions } from "../server/provider-api.js";
import type { StoredCredential } from "../store/store.js";
import { argsOf } from "./label.js";

/** Who asks a provider with a key, for `openApi`. */
export const askedOf = (
  { title, baseUrl, authorize, keyHelp }: Collector,
  credential: Pick<StoredCredential, "provider" | "name"> & { metadata: { base_url?: string } },
  key: Hidden,
): ApiOptions => ({
  title,
  baseUrl: credential.metadata.base_url ?? baseUrl ?? "",
  key,
  authorize,
  keyHelp,
  command: `aicost credentials rotate ${argsOf(credential)}`,
});
