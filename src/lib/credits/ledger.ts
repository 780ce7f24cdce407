import type { CreditFact, CreditFacts } from "../api.js";
import { dateOf, daysAfter } from "../dates/days.js";
import { type Decimal, decimal, ZERO } from "../money.js";
import { creditRule, expiryOf } from "./rules.js";

/** Credit of one entry, and what is left of it. US dollars. */
export interface Lot {
  /** Of its entry; null for usage that was given back. */
  id: string | null;
  kind: CreditFact["kind"] | "back";
  /** When it came, a calendar date. */
  since: string;
  usd: Decimal;
  left: Decimal;
  /** The last day on which it can be used; null if it does not expire, or if that is not known. */
  expires_on: string | null;
}

/** Credit that nobody used in time. */
export interface Lapse {
  /** The first day on which it was gone. */
  on: string;
  id: string | null;
  usd: Decimal;
}

/**
 * Prepaid credit at one provider, on a day. `added`, `used` and `lapsed` are those since it started last: its first entry,
 * or the last balance that was set. They add up to `balance`, to the last digit.
 */
export interface Ledger {
  provider: string;
  /** The UTC day on which it started last. Usage of that day is in it. */
  since: string;
  added: Decimal;
  used: Decimal;
  lapsed: Decimal;
  /** Below zero if more was used than was there. */
  balance: Decimal;
  /** What credit is left, in the order in which it came. */
  lots: Lot[];
  /** Since it started last. */
  lapses: Lapse[];
  /** By date of usage, what credit paid for, for all time: also credit that came later, if the balance was below zero. */
  paid: Map<string, Decimal>;
  /** The entries that count: none of before the last balance that was set. */
  counted: ReadonlySet<string>;
}

/** The ledgers of all providers with entries, by name. @param through the last day that is looked at; by default all are */
export const ledgersOf = (facts: CreditFacts, through = LAST): Ledger[] =>
  [...new Set(facts.entries.map(({ provider }) => provider))].toSorted().flatMap((provider) => {
    const entries = facts.entries
      .filter((entry) => entry.provider === provider && entry.date <= through)
      .toSorted(inOrder);
    return entries.length === 0 ? [] : [ledgerOf(provider, entries, usageFrom(facts, provider), through)];
  });

const LAST = "9999-12-31";

/** By moment; a balance that was set for the same moment comes first. The order in which they were entered means nothing. */
const inOrder = (a: CreditFact, b: CreditFact): number =>
  compare(a.timestamp, b.timestamp) ||
  Number(b.kind === "set") - Number(a.kind === "set") ||
  compare(a.id, b.id);

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** What was used of a provider, by date, on UTC days from one on. */
type UsageFrom = (start: string) => Map<string, Decimal>;

const usageFrom = ({ usage, splits }: CreditFacts, provider: string): UsageFrom => {
  const whole = usage.filter((each) => each.provider === provider);
  return (start) => {
    // Only the day of the start and the one before it may be partly before it.
    const isWhole = (date: string): boolean => (splits === null ? date >= start : date > start);
    const parts = (splits ?? []).filter((each) => each.provider === provider && each.start === start);
    return new Map(
      [...parts, ...whole.filter(({ date }) => isWhole(date))].map(({ date, usd }) => [date, decimal(usd)]),
    );
  };
};

/** A part of a ledger between two starts. */
interface Stretch {
  start: string;
  entries: CreditFact[];
}

/** A balance that was set starts the ledger again. */
const stretchesOf = (entries: readonly CreditFact[]): Stretch[] => {
  const stretches: Stretch[] = [];
  for (const entry of entries) {
    const last = stretches.at(-1);
    if (last && entry.kind !== "set") last.entries.push(entry);
    else stretches.push({ start: dateOf(entry.timestamp), entries: [entry] });
  }
  return stretches;
};

const ledgerOf = (
  provider: string,
  entries: readonly CreditFact[],
  used: UsageFrom,
  through: string,
): Ledger => {
  const stretches = stretchesOf(entries);
  const paid = new Map<string, Decimal>();
  let account = new Account(provider, paid);
  stretches.forEach((stretch, at) => {
    account = new Account(provider, paid);
    const next = stretches[at + 1];
    const later = next ? used(next.start) : new Map<string, Decimal>();
    const usage = [...used(stretch.start)]
      .map(([date, usd]) => ({ date, usd: usd.minus(later.get(date) ?? ZERO) }))
      .filter(({ date, usd }) => date <= through && !usd.eq(0));
    account.play(stretch.entries, usage, next?.start ?? through);
  });
  const last = stretches.at(-1);
  return {
    provider,
    since: last?.start ?? "",
    ...account.state,
    paid,
    counted: new Set(last?.entries.map(({ id }) => id)),
  };
};

/** What happens on a day, in this order: what expired the day before lapses, credit comes, and is used. */
interface Happening {
  date: string;
  order: number;
  happen: () => void;
}

/** Usage that no credit was there for. @param date null if that is not usage: a balance that was below zero when it was set */
interface Debt {
  date: string | null;
  usd: Decimal;
}

/** One stretch of a ledger. */
class Account {
  readonly #grantedFirst: boolean;
  #lots: Lot[] = [];
  #debts: Debt[] = [];
  readonly #lapses: Lapse[] = [];
  #added = ZERO;
  #used = ZERO;

  constructor(
    readonly provider: string,
    readonly paid: Map<string, Decimal>,
  ) {
    this.#grantedFirst = creditRule(provider)?.granted_first ?? false;
  }

  /** @param until the last day on which something may lapse */
  play(
    entries: readonly CreditFact[],
    usage: readonly { date: string; usd: Decimal }[],
    until: string,
  ): void {
    const firstUse = usage.map(({ date }) => date).sort()[0];
    const happenings = [
      ...entries.flatMap((entry, at) => this.#coming(entry, at === 0 ? firstUse : undefined, until)),
      ...usage.map(({ date, usd }) => ({ date, order: 2, happen: () => this.#use(date, usd) })),
    ];
    // Sorting keeps entries of a day in their order.
    happenings.sort((a, b) => compare(a.date, b.date) || a.order - b.order);
    for (const { happen } of happenings) happen();
  }

  /**
   * The day of credit is that of UTC or that of the user, whichever is earlier; the first is there for all usage of its day.
   */
  #coming(entry: CreditFact, noLaterThan: string | undefined, until: string): Happening[] {
    const date = [entry.date, dateOf(entry.timestamp), noLaterThan ?? LAST].sort()[0] ?? entry.date;
    const lot: Lot = {
      id: entry.id,
      kind: entry.kind,
      since: entry.date,
      usd: decimal(entry.usd),
      left: ZERO,
      expires_on: lastDayOf(entry),
    };
    const gone = lot.expires_on === null ? null : daysAfter(lot.expires_on, 1);
    return [
      { date, order: 1, happen: () => this.#add(lot) },
      ...(gone === null || gone > until
        ? []
        : [{ date: gone, order: 0, happen: () => this.#lapse(lot, gone) }]),
    ];
  }

  #add(lot: Lot): void {
    this.#added = this.#added.plus(lot.usd);
    if (lot.usd.lt(0)) this.#take(lot.usd.abs(), null);
    else this.#put(lot, lot.usd);
  }

  /** Credit first pays what was used before it came. */
  #put(lot: Lot, usd: Decimal): void {
    let left = usd;
    for (const debt of this.#debts) {
      const part = left.lt(debt.usd) ? left : debt.usd;
      debt.usd = debt.usd.minus(part);
      left = left.minus(part);
      if (debt.date !== null) this.#pay(debt.date, part);
    }
    this.#debts = this.#debts.filter((debt) => debt.usd.gt(0));
    lot.left = left;
    this.#lots.push(lot);
  }

  #use(date: string, usd: Decimal): void {
    this.#used = this.#used.plus(usd);
    if (usd.gt(0)) {
      this.#take(usd, date);
      return;
    }
    // Usage that was charged too much comes back as credit.
    this.#pay(date, usd);
    this.#put(
      { id: null, kind: "back", since: date, usd: usd.abs(), left: ZERO, expires_on: null },
      usd.abs(),
    );
  }

  /** @param date of usage; null if it is not usage */
  #take(usd: Decimal, date: string | null): void {
    let open = usd;
    for (const lot of this.#inOrderOfUse()) {
      const part = open.lt(lot.left) ? open : lot.left;
      lot.left = lot.left.minus(part);
      open = open.minus(part);
    }
    if (date !== null) this.#pay(date, usd.minus(open));
    if (open.gt(0)) this.#debts.push({ date, usd: open });
    this.#lots = this.#lots.filter((lot) => lot.left.gt(0));
  }

  #inOrderOfUse(): Lot[] {
    if (!this.#grantedFirst) return this.#lots;
    const isGrant = ({ kind }: Lot): boolean => kind === "grant";
    return [...this.#lots.filter(isGrant), ...this.#lots.filter((lot) => !isGrant(lot))];
  }

  #lapse(lot: Lot, on: string): void {
    if (lot.left.eq(0)) return;
    this.#lapses.push({ on, id: lot.id, usd: lot.left });
    lot.left = ZERO;
    this.#lots = this.#lots.filter((each) => each !== lot);
  }

  #pay(date: string, usd: Decimal): void {
    this.paid.set(date, (this.paid.get(date) ?? ZERO).plus(usd));
  }

  get state(): Pick<Ledger, "added" | "used" | "lapsed" | "balance" | "lots" | "lapses"> {
    const lapsed = this.#lapses.reduce((sum, { usd }) => sum.plus(usd), ZERO);
    return {
      added: this.#added,
      used: this.#used,
      lapsed,
      balance: this.#added.minus(this.#used).minus(lapsed),
      lots: this.#lots.filter((lot) => lot.left.gt(0)),
      lapses: this.#lapses,
    };
  }
}

/** The last day on which the credit of an entry can be used; null if it does not expire, or if that is not known. */
export const lastDayOf = ({
  provider,
  kind,
  date,
  expires_on,
}: Pick<CreditFact, "provider" | "kind" | "date" | "expires_on">): string | null => {
  if (expires_on !== null && /^\d{4}-\d{2}-\d{2}$/.test(expires_on)) return expires_on;
  return kind === "top_up" && expires_on !== "never" ? expiryOf(provider, date) : null;
};
