import type { CreditFact, CreditFacts } from "../../src/lib/api.js";
import { creditRule, expiryOf } from "../../src/lib/credits/rules.js";
import { daysAfter, daysBetween } from "../../src/lib/dates/days.js";

/** One unit of money, as a coin: what it came from, and until when it can be used. */
interface Coin {
  at: number;
  isGrant: boolean;
  until: string;
}

export interface Counted {
  balance: number;
  used: number;
  added: number;
  lapsed: number;
  /** By date. */
  paid: Map<string, number>;
}

/**
 * A ledger of coins, day by day: another way to the same. Amounts are whole units, dates those of UTC, and the entries of a
 * day are in the order of their moments.
 */
export const countCoins = ({ entries, usage }: CreditFacts, provider: string, through: string): Counted => {
  const isGrantedFirst = creditRule(provider)?.granted_first === true;
  const own = entries
    .filter((entry) => entry.provider === provider)
    .toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
  const first = own[0]?.date ?? through;
  const paid = new Map<string, number>();
  let coins: Coin[] = [];
  /** Dates of usage that no coin was there for; null if it was no usage. */
  let open: (string | null)[] = [];
  let [used, added, lapsed] = [0, 0, 0];
  const pay = (date: string | null, units: number): void => {
    if (date !== null) paid.set(date, (paid.get(date) ?? 0) + units);
  };
  let place = 0;
  const put = (units: number, coin: Omit<Coin, "at">): void => {
    place += 1;
    for (let unit = 0; unit < units; unit += 1) {
      if (open.length === 0) coins.push({ ...coin, at: place });
      else pay(open.shift() ?? null, 1);
    }
  };
  const take = (units: number, date: string | null): void => {
    for (let unit = 0; unit < units; unit += 1) {
      coins.sort((a, b) =>
        isGrantedFirst && a.isGrant !== b.isGrant ? Number(b.isGrant) - Number(a.isGrant) : a.at - b.at,
      );
      if (coins.shift() === undefined) open.push(date);
      else pay(date, 1);
    }
  };
  for (const day of daysBetween(first, through)) {
    lapsed += coins.filter(({ until }) => until < day).length;
    coins = coins.filter(({ until }) => until >= day);
    for (const entry of own.filter(({ date }) => date === day)) {
      const units = Number(entry.usd);
      if (entry.kind === "set") {
        coins = [];
        open = [];
        [used, added, lapsed] = [0, 0, 0];
      }
      added += units;
      if (units < 0) take(-units, null);
      else put(units, { isGrant: entry.kind === "grant", until: untilOf(entry) });
    }
    for (const { usd } of usage.filter((each) => each.provider === provider && each.date === day)) {
      const units = Number(usd);
      used += units;
      if (units >= 0) take(units, day);
      else {
        pay(day, units);
        put(-units, { isGrant: false, until: "9999-12-31" });
      }
    }
  }
  return { balance: coins.length - open.length, used, added, lapsed, paid };
};

const untilOf = ({ provider, kind, date, expires_on }: CreditFact): string => {
  if (expires_on === "never") return "9999-12-31";
  if (expires_on !== null) return expires_on;
  return (kind === "top_up" ? expiryOf(provider, date) : null) ?? "9999-12-31";
};

export const dayAt = (at: number): string => daysAfter("2026-01-01", at);
