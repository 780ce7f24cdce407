import type { DailySpend, FineSpend, NamedKey, Names, WhoKey } from "../api.js";
import { groupsOf } from "./groups.js";
import { own } from "../system/own.js";
import type { Labels } from "./report.js";

/** What has a name beside its id: `--account`, `--project`, `--key`. */
export const NAMED_KEYS = ["account", "project", "api_key"] as const satisfies readonly NamedKey[];

/** What spend is of; with `--agent` and `--session`. */
export const WHO_KEYS = [...NAMED_KEYS, "agent", "session"] as const satisfies readonly WhoKey[];

export const isNamedKey = (key: string): key is NamedKey => (NAMED_KEYS as readonly string[]).includes(key);

/** The id; null if nothing says so, or nobody asked. */
export const idOf = (day: DailySpend | FineSpend, key: WhoKey): string | null =>
  key !== "session" ? day[key] : "session" in day ? day.session : null;

/** As a word of a sentence. */
export const nounOf = (key: WhoKey): string => (key === "api_key" ? "key" : key);

/**
 * Labels that tell apart what is not the same: keys of one name in two accounts get the account behind their name, two ids
 * of one name the id. What names no account is taken for the only account of its provider that has the name.
 * @param days all that is to be told apart
 */
export const labelsOf = (days: readonly DailySpend[], names: Names): Labels => {
  const labels = new Map<string, string>();
  for (const key of NAMED_KEYS) {
    const things = new Map<string, Thing>();
    for (const day of days) {
      const id = day[key];
      if (id === null) continue;
      const thing = {
        key,
        id,
        name: nameOf(names, key, id),
        provider: day.provider,
        account: ownerOf(day, key),
      };
      things.set(thingKey(thing), thing);
    }
    for (const alike of groupsOf([...things.values()], ({ name }) => name)) {
      for (const [thing, label] of toldApart(alike, names)) labels.set(thingKey(thing), label);
    }
  }
  return (day, key) => {
    const id = day[key];
    if (id === null) return null;
    return labels.get(thingKey({ key, id, provider: day.provider, account: ownerOf(day, key) })) ?? id;
  };
};

/** The name of what has this id; the id itself if none is known. */
export const nameOf = (names: Names, key: WhoKey, id: string): string =>
  isNamedKey(key) ? (own(names[key] ?? {}, id) ?? id) : id;

/** Whether the id or the name of what has this id fits a pattern; not if there is none. */
export const isCalled = (names: Names, key: WhoKey, id: string | null, pattern: RegExp): boolean =>
  id !== null && (pattern.test(id) || pattern.test(nameOf(names, key, id)));

interface Thing {
  key: NamedKey;
  id: string;
  name: string;
  provider: string;
  account: string | null;
}

const thingKey = ({ key, id, provider, account }: Omit<Thing, "name">): string =>
  JSON.stringify([key, provider, account, id]);

const ownerOf = ({ account }: DailySpend, key: NamedKey): string | null =>
  key === "account" ? null : account;

/** @param alike things of one name */
const toldApart = (alike: readonly Thing[], names: Names): [Thing, string][] => {
  const owned = alike.map((thing) => ({ thing, owner: { ...thing, account: accountOf(thing, alike) } }));
  const owners = groupsOf(owned, ({ owner }) => JSON.stringify([owner.provider, owner.account]));
  const sameProvider = new Set(owners.map(([{ owner }]) => owner.provider)).size === 1;
  return owners.flatMap((group) => {
    const [{ owner }] = group;
    const ids = new Set(group.map(({ thing }) => thing.id).filter((id) => id !== owner.name));
    return group.map(({ thing }): [Thing, string] => {
      const account = owner.account === null ? "no account" : nameOf(names, "account", owner.account);
      const told = [
        ...(owners.length > 1 && !sameProvider ? [owner.provider] : []),
        ...(owners.length > 1 && (sameProvider || owner.account !== null) ? [account] : []),
        ...(ids.size > 1 && thing.id !== thing.name ? [thing.id] : []),
      ];
      return [thing, told.length === 0 ? thing.name : `${thing.name} (${told.join(", ")})`];
    });
  });
};

/** Its own account, or else the only one of its provider that has such a thing. */
const accountOf = ({ provider, account }: Thing, alike: readonly Thing[]): string | null => {
  if (account !== null) return account;
  const accounts = new Set(
    alike.flatMap((other) => (other.provider === provider && other.account !== null ? [other.account] : [])),
  );
  const [only = null] = accounts;
  return accounts.size === 1 ? only : null;
};
