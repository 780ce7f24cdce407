import type { Hidden } from "../secrets/hidden.js";
import type { Collector } from "../providers/collector.js";
import type { ApiOptions } from "../server/provider-api.js";
import type { StoredCredential } from "../api.js";
import { argsOf } from "./label.js";

export interface Named extends Pick<StoredCredential, "provider" | "name"> {
  /** Absent if it is not stored yet. */
  id?: string;
  metadata: Pick<StoredCredential["metadata"], "base_url">;
}

export const askedOf = (
  { title, baseUrl, authorize, keyHelp }: Collector,
  credential: Named,
  key: Hidden,
): ApiOptions => ({
  title,
  baseUrl: credential.metadata.base_url ?? baseUrl ?? "",
  key,
  authorize,
  keyHelp,
  command: `aicost credentials ${credential.id === undefined ? "add" : "rotate"} ${argsOf(credential)}`,
});
