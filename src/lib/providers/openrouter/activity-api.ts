import type { Draft } from "../../record/draft.js";
import { plain } from "../../money.js";
import type { Answer } from "../answer.js";
import type { Feed, Window } from "../collector.js";
import { dateOf, daysAfter, daysBetween } from "../../dates/days.js";
import { filled } from "../metadata.js";

/** How far back the API goes. Today is not in it. */
const DAYS = 30;

const draftOf = (row: Answer): Draft => {
  const timestamp = row.day("date");
  const byok = row.amount("byok_usage_inference");
  return {
    timestamp,
    granularity: "day",
    model: row.name("model"),
    // In credits, which are US dollars. What was paid to other providers with the user's own keys is not in it.
    cost: row.charge("usage"),
    basis: "billed",
    input: row.count("prompt_tokens"),
    output: row.count("completion_tokens"),
    requests: row.count("requests"),
    key: [timestamp, row.text("model"), row.text("model_permaslug"), row.text("endpoint_id")],
    metadata: filled({
      model_permaslug: row.text("model_permaslug"),
      upstream: row.text("provider_name"),
      byok_usage_usd: byok && !byok.eq(0) ? plain(byok) : null,
      reasoning_tokens: row.count("reasoning_tokens") || null,
    }),
  };
};

const daysHeld = ({ from, to, now }: Window): { days: string[]; first: string } => {
  const today = dateOf(now.toISOString());
  const [first, last] = [daysAfter(today, -DAYS), daysAfter(today, -1)];
  return { days: daysBetween(from < first ? first : from, to < last ? to : last), first };
};

export const openrouterActivityApi: Feed = {
  id: "openrouter-activity-api",
  title: "OpenRouter activity API",
  source: "openrouter/activity-api",
  series: "openrouter/activity",
  detail: 3,
  async *collect(api, window) {
    const { days, first } = daysHeld(window);
    if (days.length === 0) return;
    // All days come in one answer, whichever are wanted.
    const drafts = (await api.get("/activity")).list("data").map(draftOf);
    yield {
      days,
      drafts: drafts.filter(({ timestamp }) => days.includes(dateOf(timestamp))),
      ...(window.from < first && {
        note: `OpenRouter's activity goes ${DAYS} days back: there is nothing from before ${first}.`,
      }),
    };
  },
};
