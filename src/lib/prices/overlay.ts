import { createHash } from "node:crypto";
import type { PriceRow } from "../record/price.js";
import overlay from "./overlay.json" with { type: "json" };

/** The prices that come with aicost: what the package lacks, or has otherwise. Each row names its source in the file. */
export interface Overlay {
  /** UTC date. */
  date: string;
  /** The first digits of the SHA-256 of what it says. */
  hash: string;
  rows: readonly OverlayRow[];
}

export interface OverlayRow extends PriceRow {
  /** `changed`: the package has another price, which does not hold. */
  why?: string;
}

export const shippedOverlay = (): Overlay => ({
  date: overlay.as_of,
  hash: createHash("sha256").update(JSON.stringify(overlay)).digest("hex").slice(0, 6),
  rows: overlay.rows,
});
