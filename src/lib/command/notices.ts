import { budgetStates } from "../budgets/state.js";
import { askOfBudgets } from "../budgets/ask.js";
import { reachedShares } from "../budgets/notices.js";
import { readConfig } from "../config/config.js";
import { deliver, type Delivery, type Notice } from "../notices/deliver.js";
import { sendMessage } from "../notices/send.js";
import { type NoticeTopic, targetOf } from "../notices/target.js";
import { budgetFacts, budgetNotice } from "../render/notice-text.js";
import type { Store } from "../store/store.js";

interface Tools {
  configDir: string;
  /** The profile whose spend it is. */
  profile: string;
  inStore: <Result>(work: (store: Store) => Promise<Result>) => Promise<Result>;
  signal?: AbortSignal | undefined;
}

/** What each topic has to tell now. */
const NOTICES = {
  budgets: async ({ inStore }, at) => {
    const asked = await inStore(askOfBudgets);
    const states = asked === null ? [] : budgetStates(asked.answers, asked.day);
    return reachedShares(states, at).map((reached) => ({
      key: reached.key,
      covers: reached.covers,
      line: budgetNotice(reached),
      facts: budgetFacts(reached),
    }));
  },
} as const satisfies Record<NoticeTopic, (tools: Tools, at: readonly number[]) => Promise<Notice[]>>;

/** Sends what is due of some topics, if this machine is to. Null if it is not. @throws what the store throws */
export const sendNotices = async (topics: readonly NoticeTopic[], tools: Tools): Promise<Delivery | null> => {
  const config = readConfig(tools.configDir);
  const deliveries: Delivery[] = [];
  for (const topic of topics) {
    const target = targetOf(config, tools.profile, topic);
    if (target === null) continue;
    const notices = await NOTICES[topic](tools, target.at);
    const send = (message: Parameters<typeof sendMessage>[0]): Promise<void> =>
      sendMessage(message, target, { env: process.env, signal: tools.signal });
    deliveries.push(await deliver(notices, { inStore: tools.inStore, send }));
  }
  if (deliveries.length === 0) return null;
  const failure = deliveries.find((delivery) => delivery.failure !== undefined)?.failure;
  return { sent: deliveries.flatMap(({ sent }) => sent), ...(failure && { failure }) };
};

/** All topics, in the order in which they are told. */
export const NOTICE_TOPICS = Object.keys(NOTICES) as NoticeTopic[];
