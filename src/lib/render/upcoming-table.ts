import { counted, decimal, plain } from "../money.js";
import type { Upcoming, UpcomingRow } from "../subscriptions/upcoming.js";
import { formatMoney, NOTHING_STATED } from "./money-text.js";
import { type Column, type Screen, table } from "./table.js";
import { wrap } from "./text.js";

/** A line of the table. */
interface Row {
  date: string;
  what: string;
  provider: string;
  amount: string;
  usd: string;
}

/**
 * Renewals and expected usage in their order, with the sum to come.
 * @param currency of its sums; undefined for dollars
 */
export const upcomingTable = (
  { upcoming, totals }: Upcoming,
  currency: string | undefined,
  screen: Screen,
): string => {
  const isForeign = upcoming.some((row) => row.kind === "renewal" && row.currency !== (currency ?? "USD"));
  const columns: Column<Row>[] = [
    { header: "Date", cell: ({ date }) => date },
    { header: "What", cell: ({ what }) => what, shrinkTo: 12 },
    { header: "Provider", cell: ({ provider }) => provider, shrinkTo: 8, priority: 1 },
    ...(isForeign
      ? [{ header: "Amount", cell: ({ amount }: Row) => amount, align: "decimal" } as const]
      : []),
    { header: isForeign ? (currency ?? "US dollars") : "Amount", cell: ({ usd }) => usd, align: "decimal" },
  ];
  const isPrepaid = upcoming.some(({ kind }) => kind === "top_up" || kind === "expiry") || !isNothing(totals);
  const sum = formatMoney(isPrepaid ? totals.cash_usd : totals.total_usd, currency);
  const total = {
    date: "Total",
    what: isPrepaid ? "leaves your account" : "",
    provider: "",
    amount: "",
    usd: sum,
  };
  const notes = [
    ...(isNothing(totals)
      ? []
      : [
          `Not in the total: ${formatMoney(totals.paid_by_credit_usd ?? "0", currency)} of the usage, which prepaid credit pays for.`,
        ]),
    ...(totals.not_counted === 0
      ? []
      : [`The total lacks ${counted(totals.not_counted, "renewal")} without an exchange rate.`]),
    ...(totals.unknown_topups === 0
      ? []
      : ["The total lacks top-ups of an unknown amount: no earlier one says how much you buy."]),
    ...budgetNotes(upcoming),
  ];
  const left = notes.flatMap((note) => wrap(note, screen.width));
  return [
    table(
      columns,
      upcoming.map((row) => rowOf(row, currency)),
      // A budget costs nothing: a total of nothing would read as $0.00.
      upcoming.every(({ kind }) => kind === "budget") ? screen : { ...screen, total },
    ),
    ...(left.length === 0 ? [] : ["", ...left]),
  ].join("\n");
};

const isNothing = ({ paid_by_credit_usd }: Upcoming["totals"]): boolean =>
  paid_by_credit_usd === null || paid_by_credit_usd === "0";

/** How the days on which budgets are exceeded are known. */
const budgetNotes = (upcoming: readonly UpcomingRow[]): string[] => {
  const ways = new Set(upcoming.flatMap((row) => (row.kind === "budget" ? [row.by] : [])));
  if (ways.size === 0) return [];
  const how = [
    ...(ways.has("forecast") ? ["by the forecast"] : []),
    ...(ways.has("pace") ? ["if spending goes on as in its period so far"] : []),
  ];
  return [`A budget is exceeded on that day ${how.join(", or ")}. See: aicost budgets`];
};

/** What is bought; credit that expires is not paid again. */
const creditRow = (
  row: Extract<UpcomingRow, { kind: "top_up" | "expiry" }>,
  currency: string | undefined,
): Row => {
  const { date, provider, usd } = row;
  if (row.kind === "expiry")
    return {
      date,
      what: `${formatMoney(row.usd, currency)} of credit expires`,
      provider,
      amount: "",
      usd: "",
    };
  const mark = row.expected ? "~" : "";
  const fee = row.fee_usd === null ? "" : ` with ${formatMoney(row.fee_usd, currency)} fee`;
  const paid = usd === null ? null : plain(decimal(usd).plus(row.fee_usd ?? "0"));
  return {
    date,
    what: row.expected ? `top-up needed${fee}` : "top-up",
    provider,
    amount: usd === null ? "" : `${mark}${formatMoney(usd, currency)}`,
    usd: paid === null ? NOTHING_STATED : `${mark}${formatMoney(paid, currency)}`,
  };
};

const rowOf = (row: UpcomingRow, currency: string | undefined): Row => {
  if (row.kind === "top_up" || row.kind === "expiry") return creditRow(row, currency);
  if (row.kind === "budget")
    return {
      date: row.date,
      what: `budget ${row.name} exceeded: ${formatMoney(row.amount, row.currency)} a ${row.period}`,
      provider: "",
      amount: "",
      usd: "",
    };
  if (row.kind === "usage")
    return {
      date: row.date,
      what: `usage, ${formatMoney(row.lower_80, currency)} to ${formatMoney(row.upper_80, currency)}`,
      provider: "",
      amount: "",
      usd: `~${formatMoney(row.usd, currency)}`,
    };
  return {
    date: row.date,
    what: row.name,
    provider: row.provider,
    amount: formatMoney(row.amount, row.currency),
    usd: row.usd === null ? NOTHING_STATED : formatMoney(row.usd, currency),
  };
};
