import { type DoctorCheck, type Finding, type Given } from "../../src/lib/doctor/check.js";
import { examine } from "../../src/lib/doctor/examine.js";
import { CHECKS } from "../../src/lib/doctor/index.js";
import type { Machine } from "../../src/lib/schedule/machine.js";
import type { Store } from "../../src/lib/store/store.js";
import { type Home } from "../support/cli.js";

/** A machine without any scheduler, and a home without logs of agents. */
const NO_TOOLS: Machine = { platform: "linux", env: { PATH: "/nowhere" }, home: "/nowhere", uid: 501 };

/** The day on which doctors look. */
export const NOW = new Date("2026-11-29T12:00:00Z");

/** What the checks of these names say of a home. @param store of its database, which the test closes */
export const looked = async (
  { dataDir, configDir }: Home,
  names: readonly string[],
  given: Partial<Given> & { store?: Store } = {},
): Promise<DoctorCheck[]> => {
  const { store, ...more } = given;
  const openStore = () => (store ? Promise.resolve(store) : Promise.reject(new Error("No store")));
  return examine(
    CHECKS.filter(({ name }) => names.includes(name)),
    {
      version: "0.1.0",
      now: NOW,
      env: {},
      configDir,
      dataDir,
      machine: NO_TOOLS,
      profile: () => ({ kind: "embedded", name: "local" }),
      openStore,
      ...more,
    },
  );
};

/** What one check says; undefined if it has nothing to look at. */
export const finding = async (
  home: Home,
  name: string,
  given?: Parameters<typeof looked>[2],
): Promise<Finding | undefined> => {
  const [found] = await looked(home, [name], given);
  if (found === undefined) return undefined;
  const { state, says, type } = found;
  return { state, says, type };
};
