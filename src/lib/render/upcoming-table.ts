import { counted } from "../money.js";
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
  const total = { date: "Total", what: "", provider: "", amount: "", usd: formatUsd(totals.total_usd) };
  const left =
    totals.not_counted === 0
      ? []
      : wrap(
          `The total lacks ${counted(totals.not_counted, "renewal")} without an exchange rate.`,
          screen.width,
        );
  return [
    table(columns, upcoming.map(rowOf), { ...screen, total }),
    ...(left.length === 0 ? [] : ["", ...left]),
  ].join("\n");
};

const rowOf = (row: UpcomingRow): Row => {
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
