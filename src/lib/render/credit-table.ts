import type { StoredCreditEntry, StoredRecord } from "../api.js";
import type { Credits, ListedCredit, ListedEntry } from "../credits/look.js";
import { counted, decimal } from "../money.js";
import { formatUsd, formatUsdChange, NOTHING_STATED } from "./money-text.js";
import { type Column, type Screen, table } from "./table.js";
import { wrapWhole } from "./text.js";

interface Row {
  provider: string;
  balance: string;
  perDay: string;
  runsOut: string;
  expires: string;
  since: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { header: "Provider", cell: ({ provider }) => provider, shrinkTo: 8 },
  { header: "Balance", cell: ({ balance }) => balance, align: "decimal" },
  { header: "A day", cell: ({ perDay }) => perDay, align: "decimal", priority: 2 },
  { header: "Runs out", cell: ({ runsOut }) => runsOut, priority: 4 },
  { header: "Next to expire", cell: ({ expires }) => expires, priority: 3 },
  { header: "Since", cell: ({ since }) => since, priority: 1 },
];

const NO_CELLS: Row = { provider: "", balance: "", perDay: "", runsOut: "", expires: "", since: "" };

const rowOf = ({ provider, balance_usd, usd_per_day, runs_out_on, lots, since }: ListedCredit): Row => ({
  provider,
  balance: formatUsd(balance_usd),
  perDay: usd_per_day === null ? NOTHING_STATED : formatUsd(usd_per_day),
  runsOut: decimal(balance_usd).gt(0) ? (runs_out_on ?? NOTHING_STATED) : "used up",
  expires: lots.flatMap(({ expires_on }) => expires_on ?? []).toSorted()[0] ?? NOTHING_STATED,
  since,
});

/** What is left at each provider, and what there is to know of it. */
export const creditsText = (
  { credits, entries, totals }: Credits,
  { screen, withEntries }: { screen: Screen; withEntries: boolean },
): string => {
  const total = { ...NO_CELLS, provider: "Total", balance: formatUsd(totals.balance_usd) };
  const notes = credits
    .flatMap((credit) => notesOf(credit))
    .flatMap((note) => wrapWhole(note, screen.width, 2));
  return [
    table(COLUMNS, credits.map(rowOf), {
      ...screen,
      ...(credits.length > 1 && { total }),
      otherWays: "--json",
    }),
    notes.join("\n"),
    withEntries ? entryTable(entries, screen) : "",
  ]
    .filter((part) => part !== "")
    .join("\n\n");
};

/** Whole sentences. */
const notesOf = (credit: ListedCredit): string[] => {
  const { provider, balance_usd, usd_per_day, over_days, over, lapsed_usd, will_lapse, checked, since } =
    credit;
  const notes: string[] = [];
  const below = decimal(balance_usd);
  if (below.lt(0))
    notes.push(
      `${provider}: ${formatUsd(balance_usd.slice(1))} more was used than there was credit since ${since}. If a top-up is missing, add it: aicost credits add ${provider} AMOUNT. If you are not on prepaid credit any more, set the balance to what the provider shows: aicost credits set ${provider} BALANCE`,
    );
  if (usd_per_day !== null && over_days !== null && below.gt(0))
    notes.push(
      `${provider}: a day cost ${formatUsd(usd_per_day)} on average over ${over === "calendar" ? "the last 30 days of the calendar, because no import tells which days have data" : `${counted(over_days, "day")} with data in the last 30`}.`,
    );
  if (usd_per_day === null && below.gt(0))
    notes.push(`${provider}: no usage of the last 30 days is known, so nothing says how long it lasts.`);
  if (decimal(lapsed_usd).gt(0))
    notes.push(`${provider}: ${formatUsd(lapsed_usd)} expired unused since ${since}.`);
  for (const { on, usd } of will_lapse)
    notes.push(`${provider}: at this pace, ${formatUsd(usd)} will be left unused and gone on ${on}.`);
  if (checked !== null) {
    const day = checked.at.slice(0, 10);
    notes.push(
      decimal(checked.difference_usd).eq(0)
        ? `${provider} itself said ${formatUsd(checked.balance_usd)} on ${day}, as this does.`
        : `${provider} itself said ${formatUsd(checked.balance_usd)} on ${day}, where this has ${formatUsd(checked.ledger_usd)} (${formatUsdChange(checked.difference_usd)}). To go by what it says: aicost credits set ${provider} ${checked.balance_usd}`,
    );
  }
  return notes;
};

const KINDS: Readonly<Record<string, string>> = { top_up: "top-up", grant: "granted", set: "balance set" };

const entryTable = (entries: readonly ListedEntry[], screen: Screen): string =>
  table<ListedEntry>(
    [
      { header: "Id", cell: ({ id }) => id.slice(0, 8) },
      { header: "Date", cell: ({ date }) => date },
      { header: "What", cell: ({ kind }) => KINDS[kind] ?? kind },
      { header: "Amount", cell: ({ usd }) => formatUsd(usd), align: "decimal" },
      { header: "Expires", cell: ({ expires_on }) => expires_on ?? NOTHING_STATED, priority: 2 },
      { header: "Counts", cell: ({ counts }) => (counts ? "yes" : "no"), priority: 1 },
      { header: "Note", cell: ({ note }) => note ?? "", shrinkTo: 8, priority: 0 },
    ],
    entries,
    screen,
  );

/** `the top-up of $50.00 at openai on 2026-11-22`. */
export const creditText = ({ provider, kind, usd, date }: ListedEntry): string => {
  if (kind === "set") return `the balance of ${formatUsd(usd)} that was set at ${provider} on ${date}`;
  return `the ${kind === "grant" ? "grant" : "top-up"} of ${formatUsd(usd)} at ${provider} on ${date}`;
};

interface Added {
  credit: ListedCredit | null;
  entry: ListedEntry | undefined;
  fee: StoredRecord | null;
  /** In UTC, by which a ledger goes. */
  today: string;
}

/** What was added, and what is left now. */
export const creditAddedText = ({ credit, entry, fee, today }: Added, { width }: Screen): string => {
  if (entry === undefined) return "";
  const { kind, provider, usd, date, expires_on, counts } = entry;
  const what = kind === "grant" ? "granted credit" : "credit";
  const until =
    expires_on === null
      ? kind === "top_up"
        ? "It does not expire, as far as is known."
        : "It does not expire."
      : expires_on < today
        ? `It expired after ${expires_on}.`
        : `It can be used until ${expires_on}.`;
  return [
    `Added ${formatUsd(usd)} of ${what} at ${provider} on ${date}. ${until}`,
    fee === null ? "" : `Fee: ${formatUsd(fee.cost_usd)}, as a charge of its own.`,
    counts
      ? ""
      : "It does not count: its day has not come, or a balance was set later. See: aicost credits " +
        provider,
    credit === null ? "" : `Balance: ${formatUsd(credit.balance_usd)}.`,
  ]
    .filter((line) => line !== "")
    .flatMap((line) => wrapWhole(line, width, 2))
    .join("\n");
};

export const creditSetText = (
  { provider, usd }: StoredCreditEntry,
  credit: ListedCredit | null,
  entry: ListedEntry | undefined,
  { width }: Screen,
): string => {
  const used = credit === null ? null : decimal(credit.used_usd);
  const isLast = entry?.counts === true;
  return [
    `Set the balance at ${provider} to ${formatUsd(usd)}${entry ? ` on ${entry.date}` : ""}.`,
    isLast && credit !== null && used !== null && !used.eq(0)
      ? `Usage since ${credit.since} (UTC), so far ${formatUsd(credit.used_usd)}, counts against it.`
      : "",
    isLast
      ? ""
      : `It does not count: its day has not come, or another balance was set later. See: aicost credits ${provider}`,
    credit === null ? "" : `Balance: ${formatUsd(credit.balance_usd)}.`,
  ]
    .filter((line) => line !== "")
    .flatMap((line) => wrapWhole(line, width, 2))
    .join("\n");
};
