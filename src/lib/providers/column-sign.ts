import { amountReadings } from "../money.js";

/** The sign of a currency at the end of a column such as `Cost ($)`. */
const SIGN = / ?\(([^()\s]{1,5})\)$/;

/** `Cost ($)` is `Cost`, in any currency. */
export const withoutSign = (column: string): string => column.replace(SIGN, "");

/** What the sign of a column may mean, ISO 4217; that of dollars without a sign. */
export const meantBySign = (column: string): readonly string[] => {
  const [, sign = "$"] = SIGN.exec(column) ?? [];
  return amountReadings(`${sign}1`)?.currencies[0] ?? [];
};
