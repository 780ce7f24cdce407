import { changeConfig } from "../config.js";
import { UserError } from "../errors.js";
import type { Profile } from "../profiles.js";
import type { SessionPlace } from "../session.js";
import type { EmbeddedOptions } from "./embedded.js";
import type { Store } from "./store.js";

export interface StoreOptions extends Pick<EmbeddedOptions, "dataDir" | "heavy" | "onWait"> {
  profile: Profile;
  /** Where the session of a hosted profile is kept, and who opens the store. */
  place: SessionPlace;
}

/** Opens the store that the user works on. This is the only place that knows which backend it is. */
export const openStore = async ({ profile, place, ...options }: StoreOptions): Promise<Store> => {
  if (profile.kind === "embedded") {
    const { openEmbedded } = await import("./embedded.js");
    return openEmbedded({ ...options, command: place.command, waitMs: place.waitMs });
  }
  const [{ openHosted }, { openTokens }] = await Promise.all([
    import("./hosted.js"),
    import("../session.js"),
  ]);
  return openHosted(profile, {
    tokens: openTokens(profile, place),
    rememberSchema: (version) => {
      if (profile.saved !== undefined) rememberSchema(place.configDir, profile.name, version);
    },
  });
};

/** Spares later commands a look. Where the config file cannot be written, they look again. */
const rememberSchema = (configDir: string, profile: string, version: string): void => {
  try {
    changeConfig(configDir, ({ profiles }) => {
      const saved = profiles[profile];
      if (saved !== undefined) saved.schema = version;
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
};
