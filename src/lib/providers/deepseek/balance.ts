import type { Draft } from "../../record/draft.js";
import { type Decimal, parseAmount, plain } from "../../money.js";
import { AnswerProblem } from "../answer.js";
import type { ProviderApi } from "../api.js";
import type { Collected, Feed, Memory } from "../collector.js";
import { filled } from "../metadata.js";

/** What is left in one currency: granted by DeepSeek and topped up by the user. */
interface Balance {
  currency: string;
  total: Decimal;
  topped: Decimal | null;
}

interface Change extends Balance {
  /** When the last look was, RFC 3339. */
  at: string;
  before: Pick<Balance, "total" | "topped">;
}

/** The path of the balance, which is all that DeepSeek's API tells of money. */
export const BALANCE = "/user/balance";

const balances = async (api: ProviderApi): Promise<Balance[]> => {
  const answer = await api.get(BALANCE);
  return answer.list("balance_infos").map((info) => {
    info.required("currency");
    return {
      currency: info.currency("currency"),
      total: info.charge("total_balance"),
      topped: info.amount("topped_up_balance"),
    };
  });
};

/** For example `USD` and `USD_topped`. */
const remembered = (at: string, found: readonly Balance[], memory: Memory | null): Memory => ({
  // A currency that is not told this time may be told again.
  ...memory,
  at,
  ...Object.fromEntries(
    found.flatMap(({ currency, total, topped }) => [
      [currency, plain(total)],
      [`${currency}_topped`, topped && plain(topped)],
    ]),
  ),
});

const amountIn = (memory: Memory, name: string): Decimal | null => parseAmount(String(memory[name] ?? ""));

const changesSince = (memory: Memory, found: readonly Balance[]): Change[] =>
  found.flatMap((balance) => {
    const total = amountIn(memory, balance.currency);
    if (total === null || typeof memory["at"] !== "string") return [];
    const topped = amountIn(memory, `${balance.currency}_topped`);
    return [{ ...balance, at: memory["at"], before: { total, topped } }];
  });

/** By how much one amount is more than another one; null if either is not known, or it is not more. */
const excess = (amount: Decimal | null, other: Decimal | null): Decimal | null =>
  amount !== null && other !== null && amount.gt(other) ? amount.minus(other) : null;

const grantedIn = ({ total, topped }: Pick<Balance, "total" | "topped">): Decimal | null =>
  topped && total.minus(topped);

const draftOf = (change: Change, through: string): Draft | null => {
  const { at, currency, before, total } = change;
  const spent = excess(before.total, total);
  if (spent === null) return null;
  // Grants are used first, and expire: the two cannot be told apart.
  const granted = excess(grantedIn(before), grantedIn(change));
  return {
    // Of the first of two looks, so that a run whose end was not remembered is replaced by the next one.
    timestamp: at,
    granularity: "event",
    model: null,
    cost: spent,
    currency,
    basis: "billed",
    key: [at, currency],
    metadata: filled({
      balance: plain(total),
      through,
      used_or_expired_grants: granted && plain(granted),
    }),
  };
};

const noteOf = ({ at, currency, before, total, topped }: Change): string[] => {
  const up = excess(total, before.total);
  if (up !== null) {
    return [
      `The balance in ${currency} went up by ${plain(up)} since ${at}, by a top-up or a grant: the spend in between is unknown.`,
    ];
  }
  const paid = excess(topped, before.topped);
  if (paid === null) return [];
  return [
    `At least ${plain(paid)} ${currency} were topped up since ${at}: more was spent meanwhile than what is booked.`,
  ];
};

const firstNote = (found: readonly Balance[]): string => {
  const amounts = found.map(({ currency, total }) => `${plain(total)} ${currency}`).join(" and ");
  return `The balance is ${amounts}; what is spent from now on is booked from run to run.`;
};

async function* collect(api: ProviderApi, now: Date, memory: Memory | null): AsyncGenerator<Collected> {
  const found = await balances(api);
  if (found.length === 0) throw new AnswerProblem("balance_infos", "", "names no balance");
  const through = now.toISOString();
  const changes = changesSince(memory ?? {}, found);
  const fresh = found.filter(({ currency }) => changes.every((change) => change.currency !== currency));
  const notes = [...(fresh.length > 0 ? [firstNote(fresh)] : []), ...changes.flatMap(noteOf)];
  yield {
    // Anything else that was booked on that day stays.
    days: [],
    drafts: changes.map((change) => draftOf(change, through)).filter((draft) => draft !== null),
    memory: remembered(through, found, memory),
    ...(notes.length > 0 && { note: notes.join(" ") }),
  };
}

/** DeepSeek tells no spend: it is what the balance goes down by from run to run, in the currency of the balance. */
export const deepseekBalance: Feed = {
  id: "deepseek-balance",
  title: "DeepSeek balance",
  source: "deepseek/balance",
  series: "deepseek/cost",
  detail: 1,
  collect: (api, { now, memory }) => collect(api, now, memory),
};
