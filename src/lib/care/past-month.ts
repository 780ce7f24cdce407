import { UserError } from "../errors.js";
import { monthOf } from "./partitions.js";

/** @param now its month (UTC) is the last allowed one: it is still written to. @throws UserError `bad_month` */
export const pastMonth = (text: string, now: Date): string => {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) {
    throw new UserError("bad_month", `“${text}” is not a month.`, "Write it like 2024-01");
  }
  const current = monthOf(now);
  if (text <= current) return text;
  throw new UserError(
    "bad_month",
    `Only past months can be archived, so --before cannot be ${text}.`,
    `Use --before ${current} or an earlier month`,
  );
};
