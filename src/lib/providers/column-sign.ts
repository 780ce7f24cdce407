import { type Row, RowProblem } from "../csv/format.js";
import { amountReadings } from "../money.js";

/** The sign of a currency at the end of a column such as `Cost ($)`. */
const SIGN = / ?\(([^()\s]{1,5})\)$/;

/** `Cost ($)` is `Cost`, in any currency. */
export const withoutSign = (column: string): string => column.replace(SIGN, "");

/**
 * The currency of a column by its sign; a dollar without a country is that of the United States.
 * @throws RowProblem if the sign is that of several currencies
 */
export const currencyBySign = (row: Row, column: string): string => {
  const spelling = row.spelling(column);
  const meant = meantBySign(spelling);
  if (meant.includes("USD")) return "USD";
  const [only, other] = meant;
  if (only !== undefined && other === undefined) return only;
  const problem = "does not say which currency its amounts are in; write (EUR), for example";
  throw new RowProblem(column, spelling, problem);
};

/** What the sign of a column may mean, ISO 4217; that of dollars without a sign. */
const meantBySign = (column: string): readonly string[] => {
  const [, sign = "$"] = SIGN.exec(column) ?? [];
  return amountReadings(`${sign}1`)?.currencies[0] ?? [];
};
