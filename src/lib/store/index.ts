import { changeConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { type HostedProfile, type Profile, savedProfile } from "../config/profiles.js";
import type { SessionPlace } from "../auth/session.js";
import type { EmbeddedOptions } from "./embedded-database.js";
import type { SpendSource, Store } from "./store.js";

export interface StoreOptions extends Pick<EmbeddedOptions, "dataDir" | "heavy" | "asIs" | "onWait"> {
  profile: Profile;
  signal?: AbortSignal | undefined;
  place: SessionPlace;
  /** See `Store`. */
  warn?: ((text: string) => void) | undefined;
}

/** The only place that knows which backend it is. */
export const openStore = async ({ profile, place, warn, ...options }: StoreOptions): Promise<Store> => {
  if (profile.kind === "embedded") {
    const { openEmbedded } = await import("./embedded.js");
    return openEmbedded({ ...options, command: place.command, waitMs: place.waitMs });
  }
  const [{ openHosted }, { openTokens }] = await Promise.all([
    import("./hosted.js"),
    import("../auth/session.js"),
  ]);
  return openHosted(profile, {
    tokens: openTokens(profile, { ...place, signal: options.signal }),
    signal: options.signal,
    dataDir: options.dataDir,
    warn,
    rememberSchema: (version) => rememberSchema(place.configDir, profile, version),
  });
};

/**
 * From the read model, without opening the database; null if the database must be asked.
 * @param otherwise opens the database, in case the read model turns out to be damaged
 */
export const knownSpend = async (
  profile: Profile,
  dataDir: string,
  otherwise: () => Promise<SpendSource>,
): Promise<SpendSource | null> => {
  if (profile.kind !== "embedded") return null;
  const { spendSource } = await import("./read-model/spend-source.js");
  return spendSource(dataDir, otherwise);
};

/** Spares later commands a look. If the config file cannot be written, they look again. */
const rememberSchema = (configDir: string, profile: HostedProfile, version: string): void => {
  const { name, url } = profile;
  // The environment may name another project than the profile.
  if (profile.saved?.url !== url) return;
  try {
    changeConfig(configDir, (config) => {
      const saved = savedProfile(config, name);
      if (saved?.url === url) saved.schema = version;
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
};
