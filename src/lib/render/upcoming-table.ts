import { counted } from "../money.js";
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
  const total = {
    date: "Total",
    what: "",
    provider: "",
    amount: "",
    usd: formatMoney(totals.total_usd, currency),
  };
  const left =
    totals.not_counted === 0
      ? []
      : wrap(
          `The total lacks ${counted(totals.not_counted, "renewal")} without an exchange rate.`,
          screen.width,
        );
  return [
    table(
      columns,
      upcoming.map((row) => rowOf(row, currency)),
      { ...screen, total },
    ),
    ...(left.length === 0 ? [] : ["", ...left]),
  ].join("\n");
};

const rowOf = (row: UpcomingRow, currency: string | undefined): Row => {
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
