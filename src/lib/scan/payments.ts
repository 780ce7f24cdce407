import type { AgentPayment } from "../api.js";
import { UserError } from "../errors.js";
import { didYouMean, nearest } from "../nearest.js";
import type { Store } from "../store/store.js";
import { own } from "../system/own.js";
import { withPayment } from "./payment.js";

/** What a user says with `--plan` or `--api`. */
export interface SaidPayment {
  agent: string;
  payment: AgentPayment;
}

/** What became of it. */
export interface SettledPayment extends AgentPayment {
  agent: string;
  /** Stored calls that it changed. */
  changed_calls: number;
}

/**
 * @param plan `AGENT` or `AGENT=PLAN` @param since the first day; null is from the beginning
 * @throws UserError `agent_unknown`, `usage` if one agent is given twice
 */
export const saidPayments = (
  { plan = [], api = [] }: { plan?: readonly string[] | undefined; api?: readonly string[] | undefined },
  since: string | null,
  agents: readonly string[],
): SaidPayment[] => {
  const said = [...plan.map((text) => planIn(text, since)), ...api.map((text) => keyIn(text, since))];
  for (const { agent } of said) checkAgent(agent, agents);
  const twice = said.find(({ agent }, at) => said.findIndex((other) => other.agent === agent) < at);
  if (twice === undefined) return said;
  throw new UserError("usage", `${twice.agent} is given twice.`, "Say it once: --plan or --api.");
};

const planIn = (text: string, since: string | null): SaidPayment => {
  const [agent = "", ...rest] = text.split("=");
  const plan = rest.join("=").trim();
  return {
    agent: agent.trim().toLowerCase(),
    payment: { paid_by: "plan", ...(plan !== "" && { plan }), since },
  };
};

const keyIn = (text: string, since: string | null): SaidPayment => ({
  agent: text.trim().toLowerCase(),
  payment: { paid_by: "key", since },
});

/** @throws UserError `agent_unknown` */
export const checkAgent = (agent: string, agents: readonly string[]): void => {
  if (agents.includes(agent)) return;
  const meant = nearest(agent, agents);
  throw new UserError(
    "agent_unknown",
    `There is no coding agent “${agent}”.`,
    `${didYouMean(meant)}aicost reads the logs of ${agents.join(", ")}.`,
  );
};

/** Keeps what the user says, in the preferences, and applies it to what is stored of calls whose log does not say it. */
export const settlePayments = async (
  store: Pick<Store, "call">,
  said: readonly SaidPayment[],
): Promise<SettledPayment[]> => {
  const settled: SettledPayment[] = [];
  for (const { agent, payment } of said) {
    const { metadata } = await store.call("get_preferences", {});
    const agents = { ...metadata.agents };
    agents[agent] = withPayment(own(agents, agent) ?? [], payment);
    await store.call("set_preferences", { changes: { metadata: { ...metadata, agents } } });
    const { paid_by, since } = payment;
    const changed_calls = await store.call("settle_agent", { agent, paid_by, since });
    settled.push({ agent, ...payment, changed_calls });
  }
  return settled;
};
