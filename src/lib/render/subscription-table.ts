import type { ChangedSubscription, Period, RemovedSubscription, Subscription } from "../api.js";
import { counted } from "../money.js";
import type { Plan } from "../subscriptions/plans.js";
import type { Subscriptions } from "../subscriptions/look.js";
import type { SubscriptionNote } from "../subscriptions/notes.js";
import type { ListedSubscription, SubscriptionTotals } from "../subscriptions/totals.js";
import { formatMoney, NOTHING_STATED } from "./money-text.js";
import { type Column, type Screen, table } from "./table.js";
import { wrapWhole } from "./text.js";

interface Row {
  name: string;
  provider: string;
  plan: string;
  renews: string;
  amount: string;
  every: string;
  monthly: string;
  yearly: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { header: "Name", cell: ({ name }) => name, shrinkTo: 14 },
  { header: "Provider", cell: ({ provider }) => provider, shrinkTo: 8, priority: 1 },
  { header: "Plan", cell: ({ plan }) => plan, shrinkTo: 8, priority: 2 },
  { header: "Renews", cell: ({ renews }) => renews },
  { header: "Amount", cell: ({ amount }) => amount, align: "decimal" },
  { header: "Every", cell: ({ every }) => every, priority: 4 },
  { header: "A month", cell: ({ monthly }) => monthly, align: "decimal" },
  { header: "A year", cell: ({ yearly }) => yearly, align: "decimal", priority: 3 },
];

/** What renews next, what it comes to, and what there is to know. */
export const subscriptionsText = (
  { subscriptions, totals, notes }: Subscriptions,
  screen: Screen,
): string => {
  const listed = table(COLUMNS, subscriptions.map(rowOf), {
    ...screen,
    total: totalRow(totals),
    otherWays: "--json",
  });
  const left =
    totals.not_counted === 0
      ? []
      : wrapWhole(
          `The total lacks ${counted(totals.not_counted, "subscription")} without an exchange rate.`,
          screen.width,
        );
  return [listed, [...left, ...noteLines(notes, screen)].join("\n")]
    .filter((part) => part !== "")
    .join("\n\n");
};

const rowOf = ({ currency, monthly, yearly, ...subscription }: ListedSubscription): Row => {
  const { name, provider, plan, next, period, cancelled_on } = subscription;
  const money = (amount: string | null | undefined): string =>
    amount ? formatMoney(amount, currency) : NOTHING_STATED;
  return {
    name,
    provider,
    plan,
    renews: next?.due_on ?? (cancelled_on === null ? NOTHING_STATED : `ended ${cancelled_on}`),
    amount: money(next?.amount),
    every: period,
    monthly: money(monthly),
    yearly: money(yearly),
  };
};

const totalRow = ({ monthly_usd, yearly_usd, currency, monthly, yearly }: SubscriptionTotals): Row => ({
  name: "Total",
  provider: "",
  plan: "",
  renews: "",
  amount: "",
  every: "",
  monthly: formatMoney(monthly ?? monthly_usd, currency),
  yearly: formatMoney(yearly ?? yearly_usd, currency),
});

/** Each with what to type. */
export const noteLines = (notes: readonly SubscriptionNote[], { width }: Screen): string[] =>
  notes.flatMap(({ says, type }) => wrapWhole(`${says} ${type}`, width, 2));

/** `$20.00 a month`, of all seats and with tax. */
const priceText = (amount: string, currency: string, period: Period): string =>
  `${formatMoney(amount, currency)} a ${period}`;

/** What was added, and where its price is from. */
export const addedText = (
  { name, next, currency, period, charged, trial_until }: Subscription,
  plan: Plan | null,
  entries: { count: number; kept: boolean },
  { width }: Screen,
): string => {
  const price = next === null ? "nothing more is due" : priceText(next.amount, currency, period);
  const trial = trial_until !== null && next?.due_on === trial_until ? " when its trial ends" : "";
  const renews = next === null ? "" : `, next on ${next.due_on}${trial}`;
  const lines = [
    `Added ${name}: ${price}${renews}.`,
    chargedText(charged),
    entries.count === 0
      ? ""
      : entries.kept
        ? `${entriesText(entries.count)} instead of its charges: ${entries.count === 1 ? "it counts" : "they count"} as before.`
        : `${entriesText(entries.count)} ${entries.count === 1 ? "is its charge" : "are its charges"} now.`,
    plan === null ? "" : sourceText(plan),
  ];
  return lines
    .filter((line) => line !== "")
    .flatMap((line) => wrapWhole(line, width, 2))
    .join("\n");
};

export const entriesText = (count: number): string =>
  count === 1 ? "1 entry by hand" : `${count} entries by hand`;

const chargedText = ({ count, usd }: Subscription["charged"]): string =>
  count === 0
    ? "It has not charged anything yet."
    : `So far: ${counted(count, "charge")}, ${formatMoney(usd)}.`;

/** `List price of Claude Max, before tax, from https://… (2026-11-12).` */
const sourceText = ({ name, sources, confidence }: Plan): string => {
  const [source] = sources;
  const sure = confidence === "high" ? "" : ", of medium confidence";
  return `List price of ${name}, before tax${sure}, from ${source?.url ?? "an unknown source"} (${source?.date ?? "no date"}). If you pay something else, give it with --cost.`;
};

/** What a change of a subscription did. */
export const changedText = (
  what: string,
  { subscription, withdrawn, booked, kept }: ChangedSubscription,
): string => {
  const { next, currency, period } = subscription;
  const goesOn =
    next === null
      ? "Nothing more is due."
      : `Next: ${priceText(next.amount, currency, period)}, on ${next.due_on}.`;
  const moved = [
    withdrawn > booked ? `${counted(withdrawn - booked, "charge")} taken back` : "",
    booked > withdrawn ? `${counted(booked - withdrawn, "charge")} booked` : "",
    Math.min(withdrawn, booked) > 0 ? `${counted(Math.min(withdrawn, booked), "past charge")} changed` : "",
    kept > 0 ? `${counted(kept, "charge")} left, edited or entered by hand` : "",
  ].filter((part) => part !== "");
  return [what, ...(moved.length === 0 ? [] : [`${moved.join(", ")}.`]), goesOn].join("\n");
};

export const removedText = (
  name: string,
  { removed, usd, restored }: RemovedSubscription,
  keepsCharges: boolean,
): string => {
  if (keepsCharges) return `Removed ${name}. Its charges stay.`;
  const charges = removed === 0 ? "" : ` and ${counted(removed, "charge")}, ${formatMoney(usd)}`;
  const back = restored === 0 ? "" : ` ${entriesText(restored)} ${restored === 1 ? "stays" : "stay"}.`;
  return `Removed ${name}${charges}.${back}`;
};
