import type { StoredCredential } from "../api.js";
import { counted } from "../money.js";
import { typedWord } from "../terminal/shell-word.js";
import { ageInDays, ageText, oldText } from "./age.js";
import { ok, warning, wrong } from "./check.js";
import { needsData } from "./needs-data.js";

/** Keys that are older should be replaced: providers advise to do so at least once a year. */
const OLD_DAYS = 365;

/** The keys of providers: whether they were refused, and their age. */
export const keys = needsData("keys", async (data, { now }) => {
  const { credentials } = await data.call("list_credentials", {});
  if (credentials.length === 0) return ok("none stored");
  const active = credentials.filter(({ is_active }) => is_active);
  const refused = active.filter(({ validation_status }) => validation_status === "invalid");
  const [first] = refused;
  if (first !== undefined)
    return wrong(`${nameOf(first)} was refused by its provider${andMore(refused)}`, rotate(first));
  const [old] = active.filter(({ metadata }) => ageInDays(metadata.key_set_at, now) >= OLD_DAYS);
  if (old !== undefined)
    return warning(`${nameOf(old)} is ${ageText(old.metadata.key_set_at, now)} old`, rotate(old));
  const untried = active.filter(({ validation_status }) => validation_status === "pending");
  const [pending] = untried;
  if (pending !== undefined)
    return warning(`${nameOf(pending)} was never tried${andMore(untried)}`, "aicost credentials check");
  return ok(summary(credentials, active, now));
});

const nameOf = ({ provider, name }: StoredCredential): string => `the key ${name} of ${provider}`;

const andMore = (keys: readonly StoredCredential[]): string =>
  keys.length === 1 ? "" : `, and ${keys.length - 1} more`;

const rotate = ({ provider, name }: StoredCredential): string =>
  `aicost credentials rotate ${typedWord(provider)} --name ${typedWord(name)}`;

const summary = (
  all: readonly StoredCredential[],
  active: readonly StoredCredential[],
  now: Date,
): string => {
  const oldest = all.map(({ metadata }) => metadata.key_set_at).sort()[0] ?? "";
  const disabled = all.length - active.length;
  return [
    counted(all.length, "key"),
    ...(disabled === 0 ? [] : [`${disabled} disabled`]),
    `${all.length === 1 ? "" : "the oldest "}${oldText(oldest, now)}`,
  ].join(", ");
};
