import { counted, decimal, plain } from "../money.js";
import type { Upcoming, UpcomingRow } from "../subscriptions/upcoming.js";
import { formatMoney, formatUsd, NOTHING_STATED } from "./money-text.js";
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

/** Renewals and expected usage in their order, with the sum to come. */
export const upcomingTable = ({ upcoming, totals }: Upcoming, screen: Screen): string => {
  const isForeign = upcoming.some((row) => row.kind === "renewal" && row.currency !== "USD");
  const columns: Column<Row>[] = [
    { header: "Date", cell: ({ date }) => date },
    { header: "What", cell: ({ what }) => what, shrinkTo: 12 },
    { header: "Provider", cell: ({ provider }) => provider, shrinkTo: 8, priority: 1 },
    ...(isForeign
      ? [{ header: "Amount", cell: ({ amount }: Row) => amount, align: "decimal" } as const]
      : []),
    { header: isForeign ? "US dollars" : "Amount", cell: ({ usd }) => usd, align: "decimal" },
  ];
  const isPrepaid = upcoming.some(({ kind }) => kind === "top_up" || kind === "expiry") || !isNothing(totals);
  const sum = formatUsd(isPrepaid ? totals.cash_usd : totals.total_usd);
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
          `Not in the total: ${formatUsd(totals.paid_by_credit_usd ?? "0")} of the usage, which prepaid credit pays for.`,
        ]),
    ...(totals.not_counted === 0
      ? []
      : [`The total lacks ${counted(totals.not_counted, "renewal")} without an exchange rate.`]),
    ...(totals.unknown_topups === 0
      ? []
      : ["The total lacks top-ups of an unknown amount: no earlier one says how much you buy."]),
  ];
  const left = notes.flatMap((note) => wrap(note, screen.width));
  return [
    table(columns, upcoming.map(rowOf), { ...screen, total }),
    ...(left.length === 0 ? [] : ["", ...left]),
  ].join("\n");
};

const isNothing = ({ paid_by_credit_usd }: Upcoming["totals"]): boolean =>
  paid_by_credit_usd === null || paid_by_credit_usd === "0";

/** What is bought; credit that expires is not paid again. */
const creditRow = (row: Extract<UpcomingRow, { kind: "top_up" | "expiry" }>): Row => {
  const { date, provider, usd } = row;
  if (row.kind === "expiry")
    return { date, what: `${formatUsd(row.usd)} of credit expires`, provider, amount: "", usd: "" };
  const mark = row.expected ? "~" : "";
  const fee = row.fee_usd === null ? "" : ` with ${formatUsd(row.fee_usd)} fee`;
  const paid = usd === null ? null : plain(decimal(usd).plus(row.fee_usd ?? "0"));
  return {
    date,
    what: row.expected ? `top-up needed${fee}` : "top-up",
    provider,
    amount: usd === null ? "" : `${mark}${formatUsd(usd)}`,
    usd: paid === null ? NOTHING_STATED : `${mark}${formatUsd(paid)}`,
  };
};

const rowOf = (row: UpcomingRow): Row => {
  if (row.kind === "top_up" || row.kind === "expiry") return creditRow(row);
  if (row.kind === "usage")
    return {
      date: row.date,
      what: `usage, ${formatUsd(row.lower_80)} to ${formatUsd(row.upper_80)}`,
      provider: "",
      amount: "",
      usd: `~${formatUsd(row.usd)}`,
    };
  return {
    date: row.date,
    what: row.name,
    provider: row.provider,
    amount: formatMoney(row.amount, row.currency),
    usd: row.usd === null ? NOTHING_STATED : formatUsd(row.usd),
  };
};
