import { MODEL_FACTS, type ModelName } from "../forecast/models/facts.js";
import type { AccuracyTotal, ForecastAccuracy } from "../forecast/accuracy.js";
import type { ForecastReport, ForecastRow, ForecastSeries } from "../forecast/report.js";
import { counted } from "../money.js";
import { bandChart, pointOf } from "./band-chart.js";
import { dayText, monthText } from "./day-text.js";
import { formatMoney, formatPercent, formatPercentChange, NOTHING_STATED } from "./money-text.js";
import { spendTitle } from "./spend-table.js";
import { type Column, type Screen, table } from "./table.js";
import { wrap } from "./text.js";
import { warningLines } from "./warning-lines.js";

/** More days are drawn, but not listed. */
const MOST_LISTED = 31;

/** The forecast as people read it. @param currency of all its amounts; undefined for dollars */
export const forecastText = (
  report: ForecastReport,
  currency: string | undefined,
  screen: Screen,
): string => {
  const { totals, range, warnings } = report;
  const [all, ...groups] = totals;
  const title = spendTitle({ range }, "Forecast of usage", screen);
  const note = (text: string): string => wrap(text, screen.width).join("\n");
  if (all === undefined || all.made_by === null) return [title, ...warnings.map(note)].join("\n\n");
  const rows = report.forecast.filter(({ provider }) => provider === null);
  const listed = groups.length > 0 ? groupTable(groups, currency, screen) : dayTable(rows, currency, screen);
  return [
    title,
    listed,
    chart(report, rows, currency, screen),
    summary(report, all, currency).map(note).join("\n"),
    warningLines(warnings, screen),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
};

const bandText = (row: Partial<ForecastRow>, level: 80 | 95, currency: string | undefined): string => {
  const [lower, upper] = [row[`lower_bound_${level}`], row[`upper_bound_${level}`]];
  return lower === undefined || upper === undefined
    ? NOTHING_STATED
    : `${formatMoney(lower, currency)} to ${formatMoney(upper, currency)}`;
};

const bandColumn = <Row extends Partial<ForecastRow>>(
  level: 80 | 95,
  currency: string | undefined,
): Column<Row> => ({
  header: `${level}% band`,
  cell: (row) => bandText(row, level, currency),
  align: "right",
  priority: level === 80 ? 2 : 1,
});

const dayTable = (rows: readonly ForecastRow[], currency: string | undefined, screen: Screen): string => {
  if (rows.length > MOST_LISTED) return "";
  return table<ForecastRow>(
    [
      { header: "Day", cell: ({ forecast_date }) => forecast_date },
      { header: "Expected", cell: (row) => formatMoney(row.predicted_cost_usd, currency), align: "decimal" },
      bandColumn(80, currency),
      bandColumn(95, currency),
    ],
    rows,
    screen,
  );
};

const groupTable = (
  groups: readonly ForecastSeries[],
  currency: string | undefined,
  screen: Screen,
): string =>
  table<ForecastSeries>(
    [
      { header: "Provider", cell: ({ provider }) => provider ?? "", shrinkTo: 8 },
      ...(groups.some(({ model }) => model !== null)
        ? [{ header: "Model", cell: ({ model }: ForecastSeries) => model ?? NOTHING_STATED, shrinkTo: 12 }]
        : []),
      {
        header: "Expected",
        cell: ({ cost_usd }) => (cost_usd === undefined ? NOTHING_STATED : formatMoney(cost_usd, currency)),
        align: "decimal",
      },
      bandColumn(80, currency),
      { header: "By", cell: ({ made_by }) => made_by ?? "too little data", priority: 3 },
      {
        header: "Confidence",
        cell: ({ confidence_score }) => confidence_score ?? NOTHING_STATED,
        align: "right",
        priority: 4,
      },
    ],
    groups,
    screen,
  );

const chart = (
  { history }: ForecastReport,
  rows: readonly ForecastRow[],
  currency: string | undefined,
  screen: Screen,
): string =>
  bandChart(
    [
      ...history.map(({ date, cost_usd }) => pointOf(date, cost_usd)),
      ...rows.map((row) =>
        pointOf(
          row.forecast_date,
          row.predicted_cost_usd,
          [row.lower_bound_80, row.upper_bound_80],
          [row.lower_bound_95, row.upper_bound_95],
        ),
      ),
    ],
    currency,
    screen,
  );

const summary = (report: ForecastReport, all: ForecastSeries, currency: string | undefined): string[] => {
  const { month, known_charges, range } = report;
  const money = (usd: string): string => formatMoney(usd, currency);
  const charges = known_charges.map(({ date, usd }) => `${money(usd)} on ${dayText(date, false)}`);
  return [
    `Usage ${range.from} to ${range.to}: ${money(all.cost_usd ?? "0")}, 80% band ${bandText(all, 80, currency)}, 95% band ${bandText(all, 95, currency)}.`,
    ...(charges.length === 0 ? [] : [`Known charges to come: ${charges.join(", ")}.`]),
    ...(month === null
      ? []
      : [
          `End of ${monthText(month.month)}: ${money(month.spent_usd)} spent + ${money(month.known_charges_usd)} known charges + ${money(month.usage_usd)} usage = ${money(month.expected_usd)} expected, 80% band ${bandText(month, 80, currency)}.`,
        ]),
    "",
    madeBy(report, all),
    confidence(report, all),
    ...(report.totals.length > 1
      ? ["Each is forecast by itself, so they do not add up to the sum of all exactly."]
      : []),
  ];
};

const confidence = (
  { confidence_meaning, forecast }: ForecastReport,
  { confidence_score }: ForecastSeries,
): string => {
  if (confidence_score === null) return "No score of confidence: fewer than 28 days are known.";
  const meaning = confidence_meaning.replace(":", ` ${confidence_score}:`);
  // Days that are all the same, or mostly nothing, are not back-tested.
  return forecast[0]?.metadata["folds"] === 0
    ? meaning.replace(/, by back-tests.*/, ". It is the same for all such days: they are not back-tested.")
    : meaning;
};

const madeBy = ({ forecast }: ForecastReport, { made_by, because }: ForecastSeries): string => {
  const { training_data_start, training_data_end, metadata } = forecast[0] ?? {};
  const title = MODEL_FACTS[made_by as ModelName].title;
  const days = counted(Number(metadata?.["training_days"] ?? 0), "day");
  const why = because === null ? "" : ` Not Prophet: ${because}.`;
  return `Made by ${title} of ${days} with data, ${training_data_start ?? ""} to ${training_data_end ?? ""}.${why} Flat fees, taxes, refunds and top-ups are not part of it.`;
};

/** How stored forecasts did. @param currency of all amounts; undefined for dollars */
export const accuracyText = (
  accuracy: readonly ForecastAccuracy[],
  total: AccuracyTotal | null,
  currency: string | undefined,
  screen: Screen,
): string => {
  if (total === null)
    return wrap(
      "No stored forecast can be compared yet: none has a day that has come. Make one with: aicost forecast",
      screen.width,
    ).join("\n");
  const drawn = table<ForecastAccuracy>(
    [
      { header: "Data to", cell: ({ training_data_end }) => training_data_end },
      { header: "Days", cell: ({ days }) => String(days), align: "right" },
      {
        header: "Forecast",
        cell: ({ predicted_usd }) => formatMoney(predicted_usd, currency),
        align: "decimal",
      },
      { header: "Came", cell: ({ actual_usd }) => formatMoney(actual_usd, currency), align: "decimal" },
      { header: "Wrong by", cell: ({ error_percent }) => formatPercentChange(error_percent), align: "right" },
      {
        header: "In 80% band",
        cell: ({ within_80_percent }) => formatPercent(within_80_percent),
        align: "right",
        priority: 3,
      },
      {
        header: "In 95% band",
        cell: ({ within_95_percent }) => formatPercent(within_95_percent),
        align: "right",
        priority: 2,
      },
      { header: "Model", cell: ({ model_version }) => model_version, shrinkTo: 10, priority: 1 },
    ],
    accuracy,
    screen,
  );
  const line = `Of ${counted(total.days, "day")}: ${formatPercent(total.within_80_percent)} within the 80% band, ${formatPercent(total.within_95_percent)} within the 95% band; on a day wrong by ${formatPercent(total.daily_error_percent)} of what came.`;
  return [drawn, wrap(line, screen.width).join("\n")].join("\n\n");
};
