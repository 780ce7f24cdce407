import { type Row, RowProblem } from "../../csv/format.js";
import { isCurrencyCode } from "../../record/rates.js";
import { meantBySign, withoutSign } from "../column-sign.js";

/** Services that bill AI, as Google names them. */
const AI =
  /gemini|vertex|generative|dialogflow|\bagent|claude|anthropic|imagen|\bveo\b|\bai\b|speech|natural language|translation|cloud vision/i;

export const isAi = (service: string | null): boolean => service !== null && AI.test(service);

/** `Cost ($)` is `Cost`, in any currency; the British write programmes. */
export const billColumn = (column: string): string => withoutSign(column).replace(/programmes$/i, "programs");

/** Of the amounts in a column such as `Cost (€)`: the lines above the header name it, or the sign does. */
export const billCurrency = (row: Row, column: string): string => {
  const above = row.above("Currency");
  if (above !== null && isCurrencyCode(above)) return above.toUpperCase();
  const spelling = row.spelling(column);
  const meant = meantBySign(spelling);
  if (meant.includes("USD")) return "USD";
  const [only, other] = meant;
  if (only !== undefined && other === undefined) return only;
  throw new RowProblem(
    column,
    spelling,
    "does not say which currency its amounts are in; write (EUR), for example",
  );
};
