import type { Draft } from "../../record/draft.js";
import { type Decimal, decimal, plain, ZERO } from "../../money.js";
import type { Answer } from "../answer.js";
import type { Collected, Feed, Memory, Window } from "../collector.js";
import { dateOf, daysAfter } from "../../dates/days.js";
import { filled } from "../metadata.js";

/** What a key has spent for ever: until today, UTC, began, and since. */
interface Counter {
  before: Decimal;
  today: Decimal;
}

/** What is paid with OpenRouter's credits, and what is paid to other providers with keys of one's own. */
type Counters = Record<"credits" | "byok", Counter>;

const countersOf = (key: Answer): Counters => {
  const counter = (total: Decimal, today: Decimal): Counter => ({ before: total.minus(today), today });
  return {
    credits: counter(key.charge("usage"), key.charge("usage_daily")),
    byok: counter(key.amount("byok_usage") ?? ZERO, key.amount("byok_usage_daily") ?? ZERO),
  };
};

interface DayStart {
  day: string;
  credits: Decimal;
  byok: Decimal;
}

const memoryOf = (label: string | null, day: string, { credits, byok }: Counters): Memory => ({
  label,
  day,
  before: plain(credits.before),
  byok_before: plain(byok.before),
});

/** Null if nothing is remembered of this very key: another one has counters of its own. */
const remembered = (memory: Memory | null, ofLabel: string | null): DayStart | null => {
  const { label = null, day, before, byok_before: byok } = memory ?? {};
  if (typeof day !== "string" || typeof before !== "string" || label !== ofLabel) return null;
  return { day, credits: decimal(before), byok: typeof byok === "string" ? decimal(byok) : ZERO };
};

/** A record of one key. @param label of the key, as OpenRouter shows it: what another key spent is another record */
const draftOf = (
  label: string | null,
  day: string,
  credits: Decimal,
  byok: Decimal,
  through: string | null,
): Draft => {
  const timestamp = `${day}T00:00:00Z`;
  return {
    timestamp,
    granularity: "day",
    model: null,
    cost: credits,
    basis: "billed",
    key: [label, timestamp],
    metadata: filled({ through, byok_usage_usd: byok.gt(0) ? plain(byok) : null }),
  };
};

/** What was spent on the day of the last run and since, from what the counters said then and say now. */
const collected = (label: string | null, { credits, byok }: Counters, { memory, now }: Window): Collected => {
  const today = dateOf(now.toISOString());
  const anew: Collected = {
    // No whole day: other keys of the account have spent something, too.
    days: [],
    drafts: [draftOf(label, today, credits.today, byok.today, null)],
    memory: memoryOf(label, today, { credits, byok }),
  };
  const start = remembered(memory, label);
  if (start === null || start.day > today) return anew;

  const isOver = start.day < today;
  const spent = (counter: Counter, then: Decimal) =>
    (isOver ? counter.before : counter.before.plus(counter.today)).minus(then);
  const cost = spent(credits, start.credits);
  if (cost.lt(0)) return { ...anew, note: COUNTED_ANEW };
  const yesterday = daysAfter(today, -1);
  const through = isOver && start.day < yesterday ? yesterday : null;
  const draft = draftOf(label, start.day, cost, spent(byok, start.byok), through);
  return isOver
    ? { ...anew, drafts: [draft, ...anew.drafts] }
    : { ...anew, drafts: [draft], memory: memory ?? {} };
};

const COUNTED_ANEW =
  "OpenRouter's counter of this key says less than before: what it spent since the last run, up to today, is not known.";

/**
 * What an ordinary key has spent, from its counters: exact, by day if it runs every day, without models, from the first
 * run on. What was spent between the day of a run and the next run counts on that day, to `through`.
 */
export const openrouterKeyApi: Feed = {
  id: "openrouter-key-api",
  title: "OpenRouter key counter",
  source: "openrouter/key-api",
  series: "openrouter/activity",
  // Exports and other feeds have more: they know the models.
  detail: -1,
  async *collect(api, window) {
    const key = (await api.get("/key")).object("data");
    yield collected(key.text("label"), countersOf(key), window);
  },
};
