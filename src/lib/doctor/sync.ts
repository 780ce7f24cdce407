import type { StoredCredential } from "../api.js";
import { localTime } from "../dates/ranges.js";
import { typedWord } from "../terminal/shell-word.js";
import { ageInDays, ageText } from "./age.js";
import { type Finding, ok, warning } from "./check.js";
import { needsData } from "./needs-data.js";

/** A timer runs at least once a day. */
const LATE_DAYS = 2;

/** When each key collected last. A feed that lags behind the others of its key failed since, or was not asked. */
export const sync = needsData("sync", async (data, { now }) => {
  const { credentials } = await data.call("list_credentials", {});
  const active = credentials.filter(({ is_active }) => is_active);
  if (active.length === 0) return null;
  const late = active.flatMap((key) => latenessOf(key, now) ?? [])[0];
  if (late !== undefined) return late;
  const { timezone } = await data.call("get_preferences", {});
  return ok(`last collected ${localTime(newestOf(active.flatMap(({ syncs }) => syncs)), timezone)}`);
});

const latenessOf = (key: StoredCredential, now: Date): Finding | null => {
  const { provider, name, syncs, metadata } = key;
  const again = `aicost sync --provider ${typedWord(provider)}`;
  const newest = newestOf(syncs);
  if (newest === "")
    return warning(
      `nothing was collected yet with the key ${name} of ${provider}, ${ageText(metadata.key_set_at, now)} old`,
      again,
    );
  if (ageInDays(newest, now) >= LATE_DAYS)
    return warning(`nothing collected from ${provider} (${name}) for ${ageText(newest, now)}`, again);
  const lagging = syncs.find(({ synced_at }) => ageInDays(synced_at, new Date(newest)) >= LATE_DAYS);
  if (lagging === undefined) return null;
  return warning(
    `${lagging.feed} (${name}) was last collected ${ageText(lagging.synced_at, now)} ago, other data of ${provider} later`,
    again,
  );
};

/** Empty without any. */
const newestOf = (syncs: StoredCredential["syncs"]): string =>
  syncs
    .map(({ synced_at }) => synced_at)
    .sort()
    .at(-1) ?? "";
