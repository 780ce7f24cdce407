import { counted } from "../money.js";
import { ok, warning, wrong } from "./check.js";
import { needsData } from "./needs-data.js";

/** What there is to know of subscriptions: prices that changed, no use, trials that end, charges without a rate. */
export const subscriptions = needsData("subscriptions", async (data, setup) => {
  if ((await data.call("list_subscriptions", {})).length === 0) return null;
  // The list of plans is read only if there is something to compare with it.
  const { lookAtSubscriptions } = await import("../subscriptions/look.js");
  const { subscriptions: found, notes } = await lookAtSubscriptions(data, {
    dataDir: setup.dataDir,
    profile: setup.profile().name,
  });
  // What does not count comes first.
  const first = notes.find(({ about }) => about === "rate") ?? notes[0];
  if (first === undefined) return ok(counted(found.length, "subscription"));
  const more =
    notes.length === 1 ? "" : ` (and ${counted(notes.length - 1, "more note")}: aicost subscriptions)`;
  const says = `${first.says.replace(/\.$/, "")}${more}`;
  return first.about === "rate" ? wrong(says, first.type) : warning(says, first.type);
});
