import { UserError } from "../errors.js";
import { monthOf } from "./partitions.js";

/**
 * A month that a person typed, for example `2024-01`.
 * @param now this month (UTC) is the latest that is fine: what is still written to is not archived
 * @throws UserError `bad_month`
 */
export const pastMonth = (text: string, now: Date): string => {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) {
    throw new UserError("bad_month", `“${text}” is no month.`, "Write it as 2024-01");
  }
  const current = monthOf(now);
  if (text <= current) return text;
  throw new UserError(
    "bad_month",
    `The month ${text} is still to come, and this one is not over.`,
    `The latest that can be given is: --before ${current}`,
  );
};
