import type { Row } from "../../csv/format.js";
import { isCurrencyCode } from "../../record/currency.js";
import { currencyBySign, withoutSign } from "../column-sign.js";

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
  return currencyBySign(row, column);
};
