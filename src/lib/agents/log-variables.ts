import type { Place } from "./agent.js";
import { AGENTS } from "./index.js";

/** The variables of the environment that say where agents keep their logs, as far as they are set. */
export const logVariables = (place: Place): Record<string, string> => {
  const set: Record<string, string> = {};
  const env = new Proxy(place.env, {
    get(given, name: string) {
      const value = given[name];
      if (value) set[name] = value;
      return value;
    },
  });
  for (const { roots } of AGENTS) roots({ ...place, env });
  return set;
};
