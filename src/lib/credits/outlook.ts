import { daysAfter } from "../dates/days.js";
import { type Decimal, ZERO } from "../money.js";
import { type Ledger, type Lapse, type Lot } from "./ledger.js";
import { creditRule, expiryOf } from "./rules.js";

/** What becomes of the credit that is left. */
export interface Outlook {
  /** The first day on which it does not pay all usage; null if none comes. */
  runs_out_on: string | null;
  /** In the order of their days. */
  lapses: Lapse[];
  /** What is bought on a day, so that all usage is paid. */
  bought: { on: string; usd: Decimal }[];
  /** The usage that credit pays for. */
  paid: Decimal;
}

interface Ahead {
  /** What each day from tomorrow on uses, US dollars. */
  perDay: Decimal;
  /** The day that the ledger is of. */
  today: string;
  /** So far it is looked. */
  days?: number;
  /** Credit that is known to come. */
  coming?: readonly Lot[];
  /** What is bought whenever nothing is left; null if it is not known. */
  usual?: Decimal | null;
}

/** So far ahead it is looked for the end of what is left. */
const FAR_DAYS = 1826;
/** More purchases on one day are a mistake: the pace is not that of the provider. */
const MOST_A_DAY = 100;

/** What becomes of a ledger if each day uses as much. */
export const outlookOf = (
  { provider, lots }: Pick<Ledger, "provider" | "lots">,
  { perDay, today, days = FAR_DAYS, coming = [], usual = null }: Ahead,
): Outlook => {
  const found: Outlook = { runs_out_on: null, lapses: [], bought: [], paid: ZERO };
  let left = lots.map((lot) => ({ ...lot }));
  for (let ahead = 1; ahead <= days; ahead += 1) {
    const date = daysAfter(today, ahead);
    left.push(...coming.filter(({ since }) => since === date).map((lot) => ({ ...lot })));
    for (const lot of left)
      if (lot.expires_on !== null && lot.expires_on < date) {
        found.lapses.push({ on: date, id: lot.id, usd: lot.left });
        lot.left = ZERO;
      }
    let open = take(left, perDay, provider);
    for (let count = 0; open.gt(0) && usual?.gt(0) && count < MOST_A_DAY; count += 1) {
      found.bought.push({ on: date, usd: usual });
      const lot = boughtOn(provider, date, usual);
      left.push(lot);
      open = take([lot], open, provider);
    }
    found.paid = found.paid.plus(perDay.minus(open));
    if (open.gt(0)) {
      found.runs_out_on ??= date;
      if (coming.every(({ since }) => since <= date)) break;
    }
    left = left.filter((lot) => lot.left.gt(0));
    if (left.length === 0 && perDay.eq(0) && coming.every(({ since }) => since <= date)) break;
  }
  return found;
};

/** Takes usage from lots in the order in which the provider does. @returns what is left to pay */
const take = (lots: readonly Lot[], usd: Decimal, provider: string): Decimal => {
  const rank = ({ kind }: Lot): number =>
    creditRule(provider)?.granted_first === true && kind !== "grant" ? 1 : 0;
  let open = usd;
  for (const lot of [...lots].sort((a, b) => rank(a) - rank(b))) {
    const part = open.lt(lot.left) ? open : lot.left;
    lot.left = lot.left.minus(part);
    open = open.minus(part);
  }
  return open;
};

const boughtOn = (provider: string, date: string, usd: Decimal): Lot => ({
  id: null,
  kind: "top_up",
  since: date,
  usd,
  left: usd,
  expires_on: expiryOf(provider, date),
});
