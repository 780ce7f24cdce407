import type { Preferences, StoredCredential } from "../api.js";
import type { Store } from "../store/store.js";

/** The keys to collect with, and how their user wants it. */
export interface KeysToSync {
  userId: string;
  /** With their ciphertexts. */
  credentials: StoredCredential[];
  preferences: Preferences;
}

/** Reads the active keys. @param providers only of these; of all if there are none */
export const keysToSync = async (store: Store, providers: readonly string[]): Promise<KeysToSync> => {
  const { user_id, credentials } = await store.call("list_credentials", { with_keys: true });
  const isChosen = ({ provider, is_active }: StoredCredential): boolean =>
    is_active && (providers.length === 0 || providers.includes(provider));
  return {
    userId: user_id,
    credentials: credentials.filter(isChosen),
    preferences: await store.call("get_preferences", {}),
  };
};
