import type { Store } from "./store.js";
import type { EmbeddedOptions } from "./embedded.js";

/** Opens the store that the user works on. This is the only place that knows which backend it is. */
export const openStore = async (options: EmbeddedOptions): Promise<Store> => {
  const { openEmbedded } = await import("./embedded.js");
  return openEmbedded(options);
};
