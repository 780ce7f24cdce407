import type { EstimateResult } from "../pricing/estimates.js";
import type { ModelInUse, ModelPrices, PricesInUse } from "../pricing/in-use.js";
import { decimal, plain, sum } from "../money.js";
import type { RateTable } from "../record/price.js";
import { compactCount, formatUsd, formatUsdChange, NOTHING_STATED } from "./money-text.js";
import { rateText } from "./price-text.js";
import { type Column, type Screen, table } from "./table.js";
import { printable, shortId, wrap } from "./text.js";

interface Priced {
  rates: RateTable | null;
  since: string | null;
  source: string | null;
}

const rateColumn = <Row extends Priced>(header: string, unit: string, priority?: number): Column<Row> => ({
  header,
  cell: ({ rates }) => rateText(rates?.[unit]),
  align: "right",
  ...(priority !== undefined && { priority }),
});

const priceColumns = <Row extends Priced>(): Column<Row>[] => [
  rateColumn("Input", "input_mtok"),
  rateColumn("Output", "output_mtok"),
  rateColumn("Cache read", "cache_read_mtok", 4),
  rateColumn("Cache write", "cache_write_mtok", 3),
  { header: "Since", cell: ({ since }) => since ?? "", priority: 2 },
  { header: "Source", cell: ({ source }) => printable(source ?? ""), priority: 1 },
];

const MARKS = [["+", "more for long requests"]] as const;

export const pricesText = ({ date, prices }: PricesInUse, screen: Screen): string => {
  const priced = prices.filter(({ rates }) => rates !== null);
  const rest = prices.filter(({ rates }) => rates === null);
  if (prices.length === 0) return "No model has tokens in this range.";
  const columns: Column<ModelInUse>[] = [
    { header: "Model", cell: ({ model }) => printable(model), shrinkTo: 14 },
    { header: "Provider", cell: ({ provider }) => provider, shrinkTo: 8, priority: 5 },
    ...priceColumns<ModelInUse>(),
  ];
  const lines = [
    ...(priced.length === 0
      ? []
      : [
          `US dollars for a million tokens, ${date}`,
          "",
          table(columns, priced, { ...screen, marks: marksOf(priced) }),
        ]),
    ...(rest.length === 0 ? [] : ["", ...wrap(notPriced(rest), screen.width, 2)]),
  ];
  return lines.join("\n").trim();
};

/** Tables explain a mark that stands alone in a cell: this one stands behind a price. */
const marksOf = (rows: readonly Priced[]): typeof MARKS | [] =>
  rows.some(({ rates }) => Object.values(rates ?? {}).some((rate) => typeof rate !== "string")) ? MARKS : [];

/** `Not priced: gpt-6.2-sol (1.2M tokens)`. */
const notPriced = (models: readonly ModelInUse[]): string => {
  const names = models
    .map(({ model, tokens }) => `${printable(model)} (${compactCount(tokens)} tokens)`)
    .join(", ");
  const [first] = models;
  return `Not priced: ${names}. Set a price: aicost prices set ${printable(first?.model ?? "MODEL")} --input USD --output USD`;
};

export const modelPricesText = (prices: ModelPrices, screen: Screen): string => {
  const { model, history, rates, source, date } = prices;
  const none = `No list has a price of ${printable(model)}. Set one: aicost prices set ${printable(model)} --input USD --output USD`;
  if (history.length === 0) return wrap(none, screen.width).join("\n");
  const today =
    rates === null
      ? `Not priced on ${date}`
      : `${date}: ${rateText(rates["input_mtok"])} input, ${rateText(rates["output_mtok"])} output, by ${source ?? ""}`;
  return [
    ...wrap(`${printable(model)}, US dollars for a million tokens`, screen.width, 2),
    "",
    table(priceColumns(), history, { ...screen, marks: marksOf(history) }),
    "",
    ...wrap(today, screen.width, 2),
  ].join("\n");
};

export const repriceText = (
  { changes, records, import_id }: EstimateResult,
  isDry: boolean,
  screen: Screen,
): string => {
  if (records === 0) return "No estimate changes: all are as today's price lists have them.";
  const before = plain(sum(changes.map(({ before_usd }) => before_usd ?? "0")));
  const after = plain(sum(changes.map(({ after_usd }) => after_usd)));
  const total = { month: "Total", provider: "", model: "", records, before_usd: before, after_usd: after };
  const columns: Column<(typeof changes)[number]>[] = [
    { header: "Month", cell: ({ month }) => month },
    { header: "Model", cell: ({ model }) => printable(model), shrinkTo: 14 },
    { header: "Records", cell: ({ records: count }) => compactCount(count), align: "right", priority: 1 },
    {
      header: "Before",
      cell: ({ before_usd }) => (before_usd === null ? NOTHING_STATED : `~${formatUsd(before_usd)}`),
      align: "decimal",
    },
    { header: "After", cell: ({ after_usd }) => `~${formatUsd(after_usd)}`, align: "decimal" },
    {
      header: "Change",
      cell: ({ before_usd, after_usd }) =>
        formatUsdChange(plain(decimal(after_usd).minus(before_usd ?? "0"))),
      align: "decimal",
    },
  ];
  const marks = [[NOTHING_STATED, "had no price"]] as const;
  return [
    table(columns, changes, { ...screen, total, marks }),
    "",
    isDry ? "Nothing was changed." : `Undo with: aicost imports undo ${shortId(import_id ?? "")}`,
  ].join("\n");
};
