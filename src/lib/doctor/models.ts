import { daysAfter } from "../dates/days.js";
import { today } from "../dates/ranges.js";
import { counted } from "../money.js";
import { groupsOf } from "../reports/groups.js";
import { typedWord } from "../terminal/shell-word.js";
import { ok, warning } from "./check.js";
import { needsData } from "./needs-data.js";

/** Who has not used a model for longer does not miss its price. */
const LOOKED_AT_DAYS = 92;

/** Models with tokens that no source and no list has a price of: they are not in the cost. */
export const models = needsData("models", async (data, { now }) => {
  const { timezone } = await data.call("get_preferences", {});
  const date = today(timezone, now);
  const days = await data.call("get_daily_spend", {
    from_date: daysAfter(date, -LOOKED_AT_DAYS),
    to_date: date,
    split_by: ["model"],
  });
  const used = groupsOf(days, ({ provider, model }) => `${provider}\t${model ?? ""}`);
  const unpriced = used
    .map((group) => ({ ...group[0], tokens: group.reduce((all, day) => all + day.unpriced_tokens, 0) }))
    .filter(({ tokens }) => tokens > 0)
    .sort((one, other) => other.tokens - one.tokens);
  const [first] = unpriced;
  if (first === undefined)
    return used.length === 0 ? null : ok(`${counted(used.length, "model")} in use, all billed or priced`);
  const more = unpriced.length === 1 ? "" : `, nor ${counted(unpriced.length - 1, "other model")}`;
  return warning(
    `${first.model ?? "no model"} of ${first.provider} has no price (${counted(first.tokens, "token")})${more}`,
    `aicost prices set ${typedWord(first.model ?? "MODEL")} --input USD --output USD`,
  );
});
