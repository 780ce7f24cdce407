import type { ExportFormat, Row, Skip } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { currencyBySign, withoutSign } from "../column-sign.js";
import { modelInText } from "../meter-model.js";
import { countsTokens, isAi } from "./services.js";

/** The first column is called after the groups of the others, but it has the date. */
const DATE = "Date";
const TOTAL = "Total costs";
const GROUPS =
  /^(?:service|usage type(?: group)?|api operation|operation|linked account(?: name)?|region|resource|charge type|legal entity|billing entity|purchase option)$/i;

const read = (row: Row): readonly Draft[] | Skip => {
  if (/^.{0,40} total$/i.test(row.required(DATE))) return { skip: "service total row" };
  const timestamp = row.day(DATE);
  const currency = currencyBySign(row, TOTAL);
  const cells = row
    .othersThan([DATE, TOTAL])
    .map(({ column }) => ({ column, service: withoutSign(row.spelling(column)) }))
    .filter(({ service }) => isAi(service) || countsTokens(service));
  if (cells.length === 0) return { skip: "no service for AI" };
  return cells.flatMap(({ column, service }): Draft[] => {
    const cost = row.amount(column, { currency });
    if (cost === null || cost.eq(0)) return [];
    const model = modelInText(service);
    const granularity = row.isByMonth() ? "month" : "day";
    const draft = { timestamp, granularity, model, cost, currency, basis: "billed" } as const;
    return [{ ...draft, key: [timestamp, service], metadata: { service } }];
  });
};

/** A day or a month a row and a service a column: each cell of a service for AI is a charge. Models of others are services. */
export const awsCostExplorer: ExportFormat = {
  id: "aws-cost-explorer",
  title: "AWS Cost Explorer export",
  provider: "aws",
  where: "AWS console, Cost Explorer: daily, dimension Service, Download as CSV",
  source: "aws/cost-explorer",
  requires: [DATE, TOTAL],
  knows: ["*"],
  nameOf: (column, position, columns) => {
    if (/^total costs? ?\([^()\s]{1,5}\)$/i.test(column)) return TOTAL;
    const named = columns.findIndex((other) => GROUPS.test(other));
    return position === (named === -1 ? 0 : named) ? DATE : column;
  },
  date: DATE,
  mayBeByMonth: true,
  order: "MDY",
  series: "aws/cost",
  dimensions: [],
  read,
};
