import { anomaliesOf, explained } from "../anomalies/ask.js";
import { budgetStates } from "../budgets/state.js";
import { askOfBudgets } from "../budgets/ask.js";
import { reachedShares } from "../budgets/notices.js";
import { readConfig } from "../config/config.js";
import { daysAfter } from "../dates/days.js";
import { today } from "../dates/ranges.js";
import { deliver, type Delivery, type Notice } from "../notices/deliver.js";
import { sendMessage } from "../notices/send.js";
import { DEFAULT_SHARES, noteOutcome, type NoticeTopic, targetOf } from "../notices/target.js";
import { anomalyNotice } from "../render/anomaly-text.js";
import { budgetFacts, budgetNotice } from "../render/notice-text.js";
import type { Store } from "../store/store.js";

interface Tools {
  configDir: string;
  /** The profile whose spend it is. */
  profile: string;
  inStore: <Result>(work: (store: Store) => Promise<Result>) => Promise<Result>;
  signal?: AbortSignal | undefined;
}

/** Anomalies of so many days are told: older ones are no news. */
const RECENT_DAYS = 7;

/** Longer names are told apart by what they begin with. */
const MOST_OF_KEY = 400;

/** What each topic has to tell now. */
const NOTICES = {
  anomalies: async ({ inStore }) => {
    const found = await inStore(async (store) => {
      const { timezone, metadata } = await store.call("get_preferences", {});
      const day = today(timezone);
      const range = { from: daysAfter(day, -RECENT_DAYS), to: day };
      const anomalies = await anomaliesOf(store, range, { today: day });
      return explained(store, anomalies, { timezone, today: day, rules: metadata.tags ?? [] });
    });
    return found.map((anomaly) => {
      const { kind, day, provider, id } = anomaly;
      return {
        key: `anomaly/${day}/${kind}/${JSON.stringify([provider, id]).slice(0, MOST_OF_KEY)}`,
        covers: [],
        line: anomalyNotice(anomaly),
        facts: { about: "anomaly", ...anomaly },
      };
    });
  },
  budgets: async ({ inStore }, { at = DEFAULT_SHARES }) => {
    const asked = await inStore(askOfBudgets);
    const states = asked === null ? [] : budgetStates(asked.answers, asked.day);
    return reachedShares(states, at).map((reached) => ({
      key: reached.key,
      covers: reached.covers,
      line: budgetNotice(reached),
      facts: budgetFacts(reached),
    }));
  },
} as const satisfies Record<
  NoticeTopic,
  (tools: Tools, target: { at?: readonly number[] | undefined }) => Promise<Notice[]>
>;

/** Sends what is due of some topics, if this machine is to. Null if it is not. @throws what the store throws */
export const sendNotices = async (topics: readonly NoticeTopic[], tools: Tools): Promise<Delivery | null> => {
  const config = readConfig(tools.configDir);
  const deliveries: Delivery[] = [];
  for (const topic of topics) {
    const target = targetOf(config, tools.profile, topic);
    if (target === null) continue;
    const notices = await NOTICES[topic](tools, { at: "at" in target ? target.at : undefined });
    const send = (message: Parameters<typeof sendMessage>[0]): Promise<void> =>
      sendMessage(message, target, { env: process.env, signal: tools.signal });
    const delivery = await deliver(notices, { inStore: tools.inStore, send });
    if (delivery.failure !== undefined || (target.failed !== undefined && delivery.sent.length > 0))
      noteOutcome({ ...tools, topic }, delivery.failure);
    deliveries.push(delivery);
  }
  if (deliveries.length === 0) return null;
  const failure = deliveries.find((delivery) => delivery.failure !== undefined)?.failure;
  return { sent: deliveries.flatMap(({ sent }) => sent), ...(failure && { failure }) };
};

/** All topics, in the order in which they are told. */
export const NOTICE_TOPICS = Object.keys(NOTICES) as NoticeTopic[];
