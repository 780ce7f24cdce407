import { daysAfter } from "../dates/days.js";
import { type Decimal, ZERO } from "../money.js";
import type { Ledger, Lapse, Lot } from "./ledger.js";
import { creditRule } from "./rules.js";

/** What becomes of the credit that is left. */
export interface Outlook {
  /** The first day on which it does not pay all usage; null if none comes, or if it is used up. */
  runs_out_on: string | null;
  /** In the order of their days. */
  lapses: Lapse[];
}

/** So far ahead it is looked. */
export const OUTLOOK_DAYS = 1826;

/**
 * If each day from tomorrow on uses as much.
 * @param usage what the days use, US dollars @param today the day that the ledger is of
 */
export const outlookOf = (
  { provider, lots }: Pick<Ledger, "provider" | "lots">,
  usage: (date: string) => Decimal,
  today: string,
): Outlook => {
  const grantedFirst = creditRule(provider)?.granted_first ?? false;
  const isGrant = ({ kind }: Lot): boolean => kind === "grant";
  const order = grantedFirst ? [...lots.filter(isGrant), ...lots.filter((lot) => !isGrant(lot))] : [...lots];
  let left = order.map((lot) => ({ ...lot }));
  const lapses: Lapse[] = [];
  let runsOut: string | null = null;
  for (let ahead = 1; ahead <= OUTLOOK_DAYS && left.length > 0; ahead += 1) {
    const date = daysAfter(today, ahead);
    for (const lot of left) {
      if (lot.expires_on === null || lot.expires_on >= date) continue;
      lapses.push({ on: date, id: lot.id, usd: lot.left });
      lot.left = ZERO;
    }
    let open = usage(date);
    for (const lot of left) {
      const part = open.lt(lot.left) ? open : lot.left;
      lot.left = lot.left.minus(part);
      open = open.minus(part);
    }
    if (open.gt(0)) runsOut = date;
    left = left.filter((lot) => lot.left.gt(0));
    if (runsOut === null && left.length === 0 && usage(daysAfter(date, 1)).gt(0))
      runsOut = daysAfter(date, 1);
    if (runsOut !== null) break;
  }
  return { runs_out_on: runsOut, lapses };
};
