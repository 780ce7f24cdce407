import type { Explanation, NamedChange } from "../explain/explain.js";
import type { ModelChange } from "../explain/parts.js";
import { partName, toldParts } from "../explain/reason.js";
import { counted, decimal, percentOf, sum } from "../money.js";
import { changeTint } from "./spend-columns.js";
import {
  compactCount,
  formatPercentChange,
  formatUsd,
  formatUsdChange,
  NOTHING_STATED,
  usdOrBlank,
} from "./money-text.js";
import { daysText } from "./spend-parts.js";
import { sameDaysText } from "./spend-table.js";
import { type Column, type Screen, table } from "./table.js";
import { tinted } from "./color.js";
import { wrap } from "./text.js";
import { warningLines } from "./warning-lines.js";

const isZero = (usd: string): boolean => decimal(usd).eq(0);

/** The explanation in sentences, the most important first. */
export const explainSentences = (explanation: Explanation): string[] => [
  headline(explanation),
  ...toldParts(explanation).map((part) => `${partName(part)}: ${formatUsdChange(part.change_usd)}.`),
  ...most(explanation),
];

/** `$62.10 more than before: $312.40 against $250.30 (+24.8%).` */
const headline = (explanation: Explanation): string => {
  const { totals, average_of_days } = explanation;
  const { cost_usd, previous_usd, change_usd, change_percent } = totals;
  if (cost_usd === null || previous_usd === null || change_usd === null) return notComparable(explanation);
  if (isZero(cost_usd) && isZero(previous_usd)) return "Nothing was spent in either period.";
  const [before, than] =
    average_of_days === null
      ? [formatUsd(previous_usd), "before"]
      : [
          `${formatUsd(previous_usd)}, the average of ${counted(average_of_days, "day")} with data`,
          "on a usual day",
        ];
  if (isZero(change_usd)) return `As much as ${than}: ${formatUsd(cost_usd)}.`;
  const size = formatUsd(decimal(change_usd).abs().toFixed());
  const percent = change_percent === null ? "" : ` (${formatPercentChange(change_percent)})`;
  const word = decimal(change_usd).gt(0) ? "more" : "less";
  return `${size} ${word} than ${than}${percent}: ${formatUsd(cost_usd)} against ${before}.`;
};

/** If nothing is recorded for one or both periods. */
const notComparable = ({ totals, average_of_days }: Explanation): string => {
  const { cost_usd, previous_usd } = totals;
  const isUsual = average_of_days !== null;
  const [period, other] = isUsual
    ? ["this day", "the four weeks before"]
    : ["this period", "the other period"];
  if (cost_usd !== null) return `${spentText(cost_usd)} Nothing is recorded for ${other}.`;
  if (previous_usd === null) return `Nothing is recorded for ${period} or ${other}.`;
  const before = isUsual ? "A usual day costs" : "The other period cost";
  return `Nothing is recorded for ${period}. ${before} ${formatUsd(previous_usd)}.`;
};

const spentText = (usd: string): string =>
  isZero(usd) ? "Nothing was spent." : `${formatUsd(usd)} was spent.`;

/** Which model, project and key explain most of the change. */
const most = ({ models, projects, keys }: Explanation): string[] => [
  ...largest(
    "model",
    models.map((model) => ({ ...model, name: modelName(model) })),
  ),
  ...largest("project", projects),
  ...largest("key", keys),
];

const largest = (noun: string, changes: readonly Pick<NamedChange, "name" | "change_usd">[]): string[] => {
  const first = changes.find(({ name }) => name !== null);
  if (first === undefined || isZero(first.change_usd)) return [];
  return [`The ${noun} that changed most is ${first.name ?? ""}: ${formatUsdChange(first.change_usd)}.`];
};

const modelName = ({ provider, model }: ModelChange): string => `${model ?? "(no model)"} at ${provider}`;

/** Models beyond these are summed. */
const MOST_MODELS = 10;

/** Why spend changed: first what is not known of it, then a sentence, the parts and the models. */
export const explainLines = (explanation: Explanation, screen: Screen): string => {
  const paragraphs = [
    title(explanation, screen),
    warningLines(explanation.warnings, screen),
    wrap(headline(explanation), screen.width, 2).join("\n"),
    partTable(explanation, screen),
    modelTable(explanation, screen),
    most(explanation)
      .flatMap((sentence) => wrap(sentence, screen.width, 2))
      .join("\n"),
  ];
  return paragraphs.filter((text) => text !== "").join("\n\n");
};

const title = ({ range, against, average_of_days }: Explanation, { width, color }: Screen): string => {
  const other = average_of_days === null ? daysText(against) : `a usual day of ${daysText(against)}`;
  const text = `Why spend changed, ${daysText(range)} against ${other} (${range.timezone})`;
  return [
    ...wrap(text, width).map((line) => tinted(line, "bold", color)),
    ...sameDaysText(against).flatMap((sentence) => wrap(`${sentence}.`, width)),
  ].join("\n");
};

const partTable = (explanation: Explanation, screen: Screen): string => {
  const parts = toldParts(explanation);
  const { change_usd } = explanation.totals;
  if (parts.length === 0 || change_usd === null) return "";
  const columns: Column<{ name: string; change_usd: string }>[] = [
    { header: "Why", cell: ({ name }) => name, shrinkTo: 12 },
    changeColumn("Change"),
  ];
  const rows = parts.map((part) => ({ name: partName(part), change_usd: part.change_usd }));
  return table(columns, rows, { ...screen, total: { name: "Together", change_usd } });
};

const changeColumn = (header: string): Column<{ change_usd: string }> => ({
  header,
  cell: ({ change_usd }) => formatUsdChange(change_usd),
  align: "decimal",
  tint: ({ change_usd }) => changeTint(change_usd),
});

const modelTable = ({ models }: Explanation, screen: Screen): string => {
  if (models.length === 0) return "";
  const effect = (
    header: string,
    field: "volume_usd" | "price_usd" | "mix_usd",
    priority: number,
  ): Column<ModelChange> => ({
    header,
    cell: (row) => effectText(row[field], row),
    align: "decimal",
    priority,
  });
  const columns: Column<ModelChange>[] = [
    { header: "Model", cell: ({ model }) => model ?? "(no model)", shrinkTo: 12 },
    { header: "Provider", cell: ({ provider }) => provider, shrinkTo: 8, priority: 55 },
    {
      header: "Before",
      cell: ({ previous_usd }) => usdOrBlank(previous_usd),
      align: "decimal",
      priority: 60,
    },
    { header: "Now", cell: ({ cost_usd }) => usdOrBlank(cost_usd), align: "decimal", priority: 70 },
    changeColumn("Change"),
    effect("Tokens", "volume_usd", 50),
    effect("Price", "price_usd", 50),
    effect("Mix", "mix_usd", 40),
    { header: "Used", cell: tokenText, align: "right", priority: 10 },
  ];
  const shown = models.slice(0, MOST_MODELS);
  const more = models.length - shown.length;
  const rest = more === 0 ? "" : `\n${counted(more, "model")} changed less; see all with --json.`;
  return (
    table(columns, shown, { ...screen, marks: [[NOTHING_STATED, "used in one of the two only"]] }) + rest
  );
};

/** An effect of less than a thousandth of the cost comes from amounts that their source rounded. */
const effectText = (usd: string | null, { cost_usd, previous_usd }: ModelChange): string => {
  if (usd === null) return NOTHING_STATED;
  const least = sum([cost_usd, previous_usd]).abs().times("0.001");
  return decimal(usd).abs().lte(least) ? "±0" : formatUsdChange(usd);
};

/** How the tokens changed: `+12.5%`, `new`, `gone`. */
const tokenText = ({ presence, tokens, previous_tokens }: ModelChange): string => {
  if (presence !== "both") return presence;
  if (previous_tokens === 0) return compactCount(tokens);
  const change = decimal(String(tokens - previous_tokens));
  return formatPercentChange(percentOf(change, decimal(String(previous_tokens))));
};
