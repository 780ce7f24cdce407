import { MOST_DAYS } from "../record/rates.js";
import { ageInDays } from "./age.js";
import { ok, warning } from "./check.js";
import { needsData } from "./needs-data.js";

/** The stored rates of the European Central Bank: after a week they hold no longer. */
export const rates = needsData("rates", async (data, { now }) => {
  const { ecb } = await data.call("list_rates", {});
  if (ecb === null) return null;
  const says = `exchange rates to ${ecb.last_day}`;
  return ageInDays(ecb.last_day, now) > MOST_DAYS
    ? warning(`${says}: later days have none`, "aicost rates update")
    : ok(says);
});
