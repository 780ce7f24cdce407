import { type Decimal, plain } from "../../money.js";

/** What a charge is for, as metadata. Quantities are not token counts: the usage describes the same calls. */
export const quantityOf = (quantity: Decimal | null, unit: string | null): Record<string, string | null> => {
  if (quantity === null) return {};
  return unit === "1000_tokens"
    ? { quantity: plain(quantity.times(1000)), quantity_unit: "tokens" }
    : { quantity: plain(quantity), quantity_unit: unit };
};
