import { today } from "../dates/ranges.js";
import { rateBetween } from "../record/rates.js";
import { ok, wrong } from "./check.js";
import { needsData } from "./needs-data.js";

/** The currency that reports are shown in. */
export const currency = needsData("currency", async (data, { now }) => {
  const { currency: shown, timezone } = await data.call("get_preferences", {});
  if (shown === "USD") return null;
  const date = today(timezone, now);
  const stored = await data.call("get_rates", { currency: shown, from_day: date, to_day: date });
  const rate = rateBetween(shown, "USD", date, { stored: { [shown]: stored } });
  return "error" in rate
    ? wrong(
        `reports are to be in ${shown}, which has no rate today: ${rate.why}`,
        `aicost rates update, or: aicost rates set ${shown} NUMBER`,
      )
    : ok(`reports are in ${shown}`);
});
