import { type Decimal, decimal, toScale, ZERO } from "../money.js";
import { tokensOf } from "../reports/ratios.js";
import type { SpendReport, SpendRow } from "../reports/report.js";
import { meteredOf } from "../reports/sum.js";
import type { ModelUse, Side } from "./parts.js";

/** @param report by provider and model */
export const sideOf = ({ rows, totals }: SpendReport): Side => ({
  models: rows.map(useOf),
  flat: {
    subscription_usd: decimal(totals.subscription_usd),
    fee_usd: decimal(totals.fee_usd),
    tax_usd: decimal(totals.tax_usd),
    credit_usd: decimal(totals.credit_usd),
  },
});

/** An average day of usage: plans, fees, taxes and refunds are not part of it. @param days that have data */
export const averageDay = ({ models }: Side, days: number): Side => ({
  models: models.map((use) => ({ ...use, cost: share(use.cost, days), tokens: share(use.tokens, days) })),
  flat: { subscription_usd: ZERO, fee_usd: ZERO, tax_usd: ZERO, credit_usd: ZERO },
});

/** What one of so many days has, to ten decimals. */
export const share = (amount: Decimal, days: number): Decimal => toScale(amount.div(days));

const useOf = (row: SpendRow): ModelUse => ({
  provider: row.provider ?? "",
  model: row.model ?? null,
  cost: meteredOf(row),
  tokens: decimal(String((tokensOf(row) ?? 0) - row.unpriced_tokens)),
});
