import { type Check, type Data, type Finding, type Setup, unknown } from "./check.js";

/** A check of what is stored. If it cannot be opened, the check of the database or project says why. */
export const needsData = (
  name: string,
  look: (data: Data, setup: Setup) => Promise<Finding | null>,
): Check => ({
  name,
  async look(setup) {
    let data: Data | null;
    try {
      data = await setup.data();
    } catch {
      return unknown("not looked at, because the database does not open");
    }
    return data === null ? null : look(data, setup);
  },
});
