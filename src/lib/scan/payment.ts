import type { AgentPayment } from "../api.js";
import type { AgentCall } from "../agents/call.js";
import { parseMoment } from "../dates/ranges.js";

/** Who pays for a call: a plan includes it, or it is paid by API key. `unknown` is taken as included, never as spend. */
export interface Payer {
  paid_by: "plan" | "key" | "unknown";
  /** The user said so, not the log. */
  paid_by_user?: true;
}

/** What a log says comes first, then what the user says. */
export type PayerOf = (call: Pick<AgentCall, "paidBy" | "at">) => Payer;

/** @param payments what the user said of the agent @param timezone the user's, in which their days begin */
export const payerOf = (payments: readonly AgentPayment[], timezone: string): PayerOf => {
  const starts = payments.map(({ since, paid_by }) => ({ from: startOf(since, timezone), paid_by }));
  return ({ paidBy, at }) => {
    if (paidBy !== null) return { paid_by: paidBy };
    const moment = starts.length === 0 ? 0 : Date.parse(at);
    const said = starts.findLast(({ from }) => from <= moment);
    return said === undefined ? { paid_by: "unknown" } : { paid_by: said.paid_by, paid_by_user: true };
  };
};

const startOf = (since: string | null, timezone: string): number =>
  since === null ? -Infinity : Date.parse(parseMoment(`${since}T00:00`, timezone) ?? since);

/** What the user says now holds from its day on, instead of what was said of these days before. In order. */
export const withPayment = (
  payments: readonly AgentPayment[],
  payment: AgentPayment,
): readonly AgentPayment[] => [
  ...payments.filter(({ since }) => (since ?? "") < (payment.since ?? "")),
  payment,
];
