import type { Row } from "../../csv/format.js";
import type { Decimal } from "../../money.js";
import type { ChargeKind } from "../../record/kinds.js";
import { kindInText } from "../charge-words.js";

/** What kind of charge a row is, by its category and, for what was bought, by its words. */
export const kindOfCharge = (row: Row, cost: Decimal | null): ChargeKind | undefined => {
  switch (row.text("ChargeCategory")?.toLowerCase()) {
    case "tax":
      return "tax";
    case "credit":
      return "credit";
    case "adjustment":
      return cost?.lt(0) ? "credit" : "fee";
    case "purchase":
      return boughtKind(row, cost);
    default:
      return undefined;
  }
};

const boughtKind = (row: Row, cost: Decimal | null): ChargeKind => {
  if (cost?.lt(0)) return "credit";
  const words = kindInText(
    ["ChargeDescription", "SkuMeter", "ServiceName"].map((name) => row.text(name) ?? "").join(" "),
  );
  if (words === "top_up" || words === "fee" || words === "subscription") return words;
  const isRegular =
    /^recurring$/i.test(row.text("ChargeFrequency") ?? "") || row.text("CommitmentDiscountId") !== null;
  return isRegular ? "subscription" : "fee";
};
