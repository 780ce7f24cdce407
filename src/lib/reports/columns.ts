import { UserError } from "../errors.js";
import { didYouMean, nearest } from "../nearest.js";
import { cachedShare, tokensOf, usdPerMtok } from "./ratios.js";
import type { SpendReport, SpendRow } from "./report.js";
import type { Spend } from "./sum.js";

/** The columns that people can choose, and the field that each shows. */
export const COLUMN_FIELDS = {
  cost: "cost_usd",
  share: "share",
  previous: "previous_usd",
  change: "change_usd",
  "change-percent": "change_percent",
  included: "included_usd",
  "top-ups": "topup_usd",
  tokens: "tokens",
  input: "input_tokens",
  output: "output_tokens",
  cached: "cache_read_tokens",
  "cache-write": "cache_write_tokens",
  "cached-share": "cached_share",
  requests: "request_count",
  records: "record_count",
  "per-mtok": "usd_per_mtok",
  saved: "saved_usd",
} as const satisfies Record<string, keyof SpendRow>;

export type ColumnName = keyof typeof COLUMN_FIELDS;

export const COLUMN_NAMES = Object.keys(COLUMN_FIELDS) as ColumnName[];

const isColumn = (name: string): name is ColumnName => Object.hasOwn(COLUMN_FIELDS, name);

/** Those that only a comparison has. */
const COMPARED: readonly ColumnName[] = ["previous", "change", "change-percent"];

/** In the order in which they were named. @param compared whether the rows are compared @throws UserError `bad_column` */
export const parseColumns = (text: string, compared: boolean): ColumnName[] => {
  const names = [...new Set(text.split(",").map((name) => name.trim().toLowerCase()))];
  const unknown = names.find((name) => !isColumn(name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, COLUMN_NAMES);
    throw new UserError(
      "bad_column",
      `There is no column “${unknown}”.`,
      `${didYouMean(meant)}Use any of ${COLUMN_NAMES.join(", ")}`,
    );
  }
  const columns = names.filter(isColumn);
  const difference = columns.find((name) => COMPARED.includes(name));
  if (difference === undefined || compared) return columns;
  throw new UserError(
    "bad_column",
    `The column “${difference}” needs a comparison of each row.`,
    "Add --compare, and group by something else than a period, for example: --by provider --compare",
  );
};

/** Those that are not sums over several groups. */
const OF_ONE_GROUP: readonly ColumnName[] = [...COMPARED, "share"];

/** A cell of a table by two keys is one number. @throws UserError `bad_column` */
export const checkPivot = (columns: readonly ColumnName[]): void => {
  const [first = "cost", ...others] = columns;
  const wrong = OF_ONE_GROUP.includes(first)
    ? `“${first}” is not a number to sum`
    : "Each cell has one number";
  if (others.length === 0 && !OF_ONE_GROUP.includes(first)) return;
  throw new UserError(
    "bad_column",
    `${wrong} in a table by two keys.`,
    "Name one column, such as --columns tokens, or use --format csv or --json.",
  );
};

const RATIOS = {
  tokens: tokensOf,
  usd_per_mtok: usdPerMtok,
  cached_share: cachedShare,
} as const satisfies Partial<
  Record<keyof SpendRow, (spend: Spend & Pick<SpendRow, "lacks_tokens">) => unknown>
>;

/** Adds what some columns compute to the rows and to the totals. */
export const withRatios = (report: SpendReport, columns: readonly ColumnName[]): SpendReport => {
  const asked = Object.entries(RATIOS).filter(([field]) =>
    columns.some((name) => COLUMN_FIELDS[name] === field),
  );
  const added = <Part extends Spend>(part: Part, { lacks_tokens }: Pick<SpendRow, "lacks_tokens">): Part => ({
    ...part,
    ...Object.fromEntries(
      asked.map(([field, of]) => [field, of({ ...part, ...(lacks_tokens && { lacks_tokens }) })]),
    ),
  });
  return {
    ...report,
    totals: added(report.totals, report),
    rows: report.rows.map((row) => added(row, row)),
  };
};
