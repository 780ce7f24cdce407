import { shippedOverlay } from "../prices/overlay.js";
import { ageInDays, ageText } from "./age.js";
import { type Check, ok, type Setup, warning } from "./check.js";

/** Models come and change their prices within months. */
const OLD_DAYS = 90;

/** The newest price list: the one that comes with aicost, or one that was imported. */
export const priceLists: Check = {
  name: "prices",
  async look(setup) {
    const { date } = shippedOverlay();
    const [imported] = await listDates(setup);
    const newest = imported !== undefined && imported > date ? imported : date;
    const says = `the newest price list is of ${newest}`;
    return ageInDays(newest, setup.now) > OLD_DAYS
      ? warning(`${says}, ${ageText(newest, setup.now)} old`, "aicost prices update")
      : ok(says);
  },
};

/** When lists were imported, the newest first; none if the database does not open. */
const listDates = async (setup: Setup): Promise<string[]> => {
  const data = await setup.data().catch(() => null);
  const lists = (await data?.call("get_prices", {}))?.lists ?? [];
  return lists
    .map(({ created_at }) => created_at.slice(0, 10))
    .sort()
    .reverse();
};
