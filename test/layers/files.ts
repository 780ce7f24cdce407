import { createHash } from "node:crypto";
import type { ImportHead, Sheet } from "../../src/lib/api.js";
import type { ChargeKind } from "../../src/lib/record/kinds.js";
import { type CostRecord, idOfAccount } from "../../src/lib/record/record.js";

/** An amount in units of 1e-10 US dollars. */
export type Units = bigint;

/** What a row charges, and for what. Amounts are exact: they count units of 1e-10 dollars. */
export interface Charge {
  kind: ChargeKind;
  /** 0 of a top-up. */
  cost: Units;
  /** The amount of a top-up, which is not a cost; null of anything else. */
  topup: Units | null;
  /** What it is estimated to cost, if nothing was charged. */
  estimate: Units | null;
  tokens: number;
}

/** In what a row states what it charges: in dollars; in euros; or only tokens, which prices make an estimate of. */
export type Stated = "dollars" | "euros" | "tokens";

/** What turns what is stated into dollars, when a row comes in. */
export interface Market {
  /** Of a token. */
  price: Units;
  /** Hundredths of a dollar for one euro. */
  cents: bigint;
}

/** One row of a file; amounts are as its file states them until it comes in (`rowAt`). */
export interface Row extends Charge {
  stated: Stated;
  /** The euros that it states, once its amounts are dollars. */
  euros?: Units;
  /** If it is not that of its file: of a bill of several providers. */
  series?: string;
  /** Null if the file does not name it. */
  account: string | null;
  /** Null if the file does not look at projects. */
  project: string | null;
  /** UTC date. */
  day: string;
  /** The last day of a bill of several days; the same for others. */
  lastDay: string;
  /** What tells it from the other rows of its day, account and project. */
  key: string;
}

/** What somebody imports, or a feed gives. */
export interface File {
  /** Equal names are equal bytes. Of a feed, the name of the run. */
  name: string;
  series: string;
  detail: number;
  isEvents: boolean;
  /** Null for files. */
  feed: string | null;
  /** The account was named by the user, not by the source. */
  isGiven: boolean;
  rows: Row[];
  /** The days that a feed gives whole; those of the rows for files. */
  days: string[];
}

/** One sheet of a file, and its rows. */
export interface Page {
  id: string;
  series: string;
  account: string | null;
  project: string | null;
  day: string;
  lastDay: string;
  detail: number;
  isEvents: boolean;
  feed: string | null;
  rows: Row[];
}

/** The row with its amounts in dollars, by the prices and rates of now. */
export const rowAt = (row: Row, { price, cents }: Market): Row => {
  const converted = (amount: Units): Units => (amount * cents) / 100n;
  const known = (amount: Units | null): Units | null => (amount === null ? null : converted(amount));
  switch (row.stated) {
    case "dollars":
      return row;
    case "tokens":
      return { ...row, estimate: BigInt(row.tokens) * price };
    case "euros": {
      const { cost, topup, estimate } = row;
      const amounts = { cost: converted(cost), topup: known(topup), estimate: known(estimate) };
      return { ...row, ...amounts, euros: topup ?? estimate ?? cost };
    }
  }
};

const DIGITS = 10;

/** A plain decimal string. */
export const dollars = (units: Units): string => {
  const text = String(units < 0n ? -units : units).padStart(DIGITS + 1, "0");
  const fraction = text.slice(-DIGITS).replace(/0+$/, "");
  const sign = units < 0n ? "-" : "";
  return `${sign}${text.slice(0, -DIGITS)}${fraction === "" ? "" : `.${fraction}`}`;
};

/** Reads what `dollars` writes. */
export const unitsOf = (text: string): Units => {
  const [, sign, whole = "0", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const units = BigInt(whole + fraction.padEnd(DIGITS, "0"));
  return sign === "-" ? -units : units;
};

const digest = (...words: unknown[]): string =>
  createHash("sha256").update(JSON.stringify(words)).digest("hex");

const uuid = (...words: unknown[]): string =>
  digest(...words).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-5$3-8$4-$5");

/** Whether it is of several days as a whole. */
export const isBill = ({ day, lastDay }: { day: string; lastDay: string }): boolean => day < lastDay;

/** What a row is known by, whoever it is of: an event by its key alone. */
export const rowId = ({ series, isEvents }: Pick<File, "series" | "isEvents">, row: Row): string =>
  isEvents
    ? uuid(series, "event", row.key)
    : uuid(series, row.project, row.day, ...(isBill(row) ? [row.lastDay] : []), row.key);

/** The series of a row. */
export const seriesOf = ({ series }: Pick<File, "series">, row: Row): string => row.series ?? series;

/** What the file says, day by day. A feed's day without rows is a page, too. */
export const pagesOf = (file: File): Page[] => {
  const groups = new Map<string, Row[]>();
  for (const row of file.rows) {
    const place = JSON.stringify([seriesOf(file, row), row.account, row.project, row.day, row.lastDay]);
    groups.set(place, [...(groups.get(place) ?? []), row]);
  }
  if (file.feed !== null) {
    const account = file.rows[0]?.account ?? feedAccount(file);
    for (const day of file.days) {
      if (!file.rows.some((row) => row.day === day))
        groups.set(JSON.stringify([file.series, account, null, day, day]), []);
    }
  }
  return [...groups].map(([place, rows]) => {
    const [series, account, project, day, lastDay] = JSON.parse(place) as [
      string,
      string | null,
      string | null,
      string,
      string,
    ];
    const { detail, isEvents, feed } = file;
    const content = rows.map(contentOf).sort();
    return {
      id: digest(series, account, project, day, lastDay, detail, isEvents, feed, content),
      ...{ series, account, project, day, lastDay, detail, isEvents, feed, rows },
    };
  });
};

/** The account of a feed is that of its key, which its name ends with, if anybody has named it. */
const feedAccount = ({ feed }: File): string | null => feed?.split(" ")[1] ?? null;

const contentOf = ({ key, kind, cost, topup, estimate, tokens, stated }: Row): string =>
  JSON.stringify([key, kind, ...[cost, topup, estimate].map(String), tokens, stated]);

const sum = (units: Units[]): Units => units.reduce((all, each) => all + each, 0n);

export const grossOf = (rows: Row[]): Units => sum(rows.map(({ cost }) => (cost > 0n ? cost : 0n)));
/** What stands beside costs: top-ups, and estimates that are not made of prices. */
export const besideOf = (rows: Row[]): Units =>
  sum(
    rows
      .flatMap(({ topup, estimate, stated }) => [topup ?? 0n, stated === "tokens" ? 0n : (estimate ?? 0n)])
      .filter((amount) => amount > 0n),
  );
export const netOf = (rows: Row[]): Units => sum(rows.map(({ cost }) => cost));
export const tokensOf = (rows: Row[]): number => rows.reduce((all, { tokens }) => all + tokens, 0);

/** Files of this series may be of several sources: those that share no key on any day are. */
export const MIXED = "map/cards";

/** What a day of a file of such a series has; null if it does not tell sources apart. */
export const keysOf = ({ series, isEvents, feed, rows }: Page): number[] | null =>
  series === MIXED && !isEvents && feed === null
    ? [...new Set(rows.map(({ key }) => parseInt(digest(key).slice(0, 7), 16)))]
    : null;

export const sheetOf = (page: Page, market: Market): Sheet => ({
  ...placeOf(page),
  ...{ detail: page.detail, is_events: page.isEvents, keys: keysOf(page) },
  hash: digest(page.rows.map(contentOf).sort()).slice(0, 16),
  ...sumsOf(page.rows.map((row) => rowAt(row, market))),
});

const placeOf = ({ series, account, project, day, lastDay }: Page) => ({
  ...{ series, account, project, day, last_day: lastDay },
});

const sumsOf = (rows: Row[]) => ({
  rows: rows.length,
  gross: dollars(grossOf(rows)),
  beside: dollars(besideOf(rows)),
  cost_usd: dollars(netOf(rows)),
  tokens: tokensOf(rows),
  requests: rows.length,
});

/** The days that it speaks about, in order. */
export const daysOf = (file: File): string[] =>
  [...new Set([...file.days, ...file.rows.flatMap(({ day, lastDay }) => [day, lastDay])])].sort();

/** @param isReplace given with `--replace` */
export const headOf = (file: File, id: string, isReplace: boolean, market: Market): ImportHead => {
  const days = daysOf(file);
  return {
    id,
    source_name: file.name,
    format: "openai-cost",
    sha256: file.feed === null ? digest(file.name) : digest(file.series, file.feed),
    reading: file.series,
    series: file.series,
    feed: file.feed,
    is_replace: isReplace,
    account_given: file.isGiven,
    first_day: days[0] ?? null,
    last_day: days.at(-1) ?? null,
    row_count: file.rows.length,
    skipped: 0,
    rejected: 0,
    cost_usd: dollars(netOf(file.rows.map((row) => rowAt(row, market)))),
    first_date: days[0] ?? null,
    last_date: days.at(-1) ?? null,
  };
};

/** The name that a record shows. */
export const nameOf = ({ project, key }: Row): string => `${project ?? "-"}/${key}`;

export const providerOf = (series: string): string => {
  const [provider = ""] = series.split("/");
  return provider === "map" || provider === "focus" || provider === "agent" ? "openai" : provider;
};

export const recordOf = (
  file: Pick<File, "series" | "isEvents" | "feed">,
  statedRow: Row,
  market: Market,
): CostRecord => {
  const row = rowAt(statedRow, market);
  const series = seriesOf(file, row);
  const key = rowId({ ...file, series }, row);
  return {
    id: row.account === null ? key : idOfAccount(key, row.account),
    provider: providerOf(series),
    timestamp: `${row.day}T${file.isEvents ? "12:00:00" : "00:00:00"}Z`,
    granularity: file.isEvents ? "event" : isBill(row) ? "month" : "day",
    kind: row.kind,
    model_name: nameOf(row),
    cost_usd: dollars(row.cost),
    estimated_cost_usd: row.estimate === null ? null : dollars(row.estimate),
    topup_usd: row.topup === null ? null : dollars(row.topup),
    tokens_used: row.tokens,
    input_tokens: row.tokens,
    output_tokens: null,
    cache_read_tokens: null,
    cache_write_tokens: null,
    request_count: 1,
    collection_method: file.feed === null ? "csv_import" : "api_automated",
    // From these a test knows its row again.
    project: row.project,
    api_key: row.key,
    agent: null,
    session: null,
    metadata: {
      ...{ cost_basis: row.estimate === null ? "billed" : "estimated", series, row: key },
      ...(row.stated === "tokens" && { price: priceName(market) }),
      ...(row.euros !== undefined && {
        original: { currency: "EUR", amount: dollars(row.euros), rate: dollars(market.cents * CENT) },
      }),
    },
  };
};

const CENT = 100_000_000n;

/** What a record names as the list that its estimate is from. */
export const priceName = ({ price }: Market): string => `list at ${dollars(price)}`;
