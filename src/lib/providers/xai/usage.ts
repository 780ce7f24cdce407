import { readAmount } from "../../csv/values.js";
import type { Draft } from "../../record/draft.js";
import { UserError } from "../../errors.js";
import type { Decimal } from "../../money.js";
import { type Answer, AnswerProblem } from "../answer.js";
import type { ProviderApi } from "../api.js";
import type { Collected, Feed, Window } from "../collector.js";
import { dateOf, daysAfter, daysBetween, spansOf } from "../../dates/days.js";
import { filled } from "../metadata.js";
import { askKey, teamOf } from "./team.js";

/** Of one request, so that a first one is rarely cut. */
const MOST_DAYS = 31;

type Span = Pick<Window, "from" | "to">;

/** US dollars by UTC day and description. Whether the end is a part of the span is not documented: it makes no difference. */
export const usageOf = (api: ProviderApi, team: string, { from, to }: Span): Promise<Answer> =>
  api.post(`/v1/billing/teams/${encodeURIComponent(team)}/usage`, {
    analyticsRequest: {
      timeRange: { startTime: `${from} 00:00:00`, endTime: `${to} 23:59:59`, timezone: "Etc/GMT" },
      timeUnit: "TIME_UNIT_DAY",
      values: [{ name: "usd", aggregation: "AGGREGATION_SUM" }],
      groupBy: ["description"],
    },
  });

/**
 * The model that a description names: by its id, with or without what it did (“Chat grok-4-0709”), or by its title
 * (“Grok 4.6”). Other descriptions are of tools and fees, and of no model.
 */
export const modelIn = (description: string): string | null => {
  const [, id] = /(?:^|\s)(grok-[\w.-]+)$/i.exec(description) ?? [];
  const [title] = /^grok \d[\d.]*(?: (?:fast|mini|heavy))?$/i.exec(description) ?? [];
  return (id ?? title)?.toLowerCase().replaceAll(" ", "-") ?? null;
};

const amountOf = (point: Answer): Decimal => {
  const [text = ""] = point.texts("values");
  const reading = text === "" ? { wrong: "is missing" } : readAmount(text);
  if ("wrong" in reading) throw new AnswerProblem(`${point.path}.values[0]`, text, reading.wrong);
  return reading.value;
};

const draftsOf = (series: Answer): Draft[] => {
  const group = series.texts("group");
  const labels = series.texts("groupLabels");
  const description = (group.length > 0 ? group : labels).join(", ").trim();
  return series.list("dataPoints").map((point) => {
    const start = point.day("timestamp");
    return {
      timestamp: start,
      granularity: "day",
      model: modelIn(description),
      cost: amountOf(point),
      basis: "billed",
      // The description, since two of them may name one model.
      key: [start, description],
      metadata: filled({ description: description || null }),
    };
  });
};

async function* piecesOf(api: ProviderApi, team: string, span: Span): AsyncGenerator<Collected> {
  const days = daysBetween(span.from, span.to);
  const answer = await usageOf(api, team, span);
  if (!answer.flag("limitReached")) {
    const drafts = answer.list("timeSeries").flatMap(draftsOf);
    yield {
      days,
      drafts: drafts.filter(
        ({ timestamp, cost }) => days.includes(dateOf(timestamp)) && cost?.eq(0) === false,
      ),
    };
    return;
  }
  if (days.length === 1) throw truncated(span.from);
  const middle = daysAfter(span.from, Math.floor(days.length / 2));
  yield* piecesOf(api, team, { from: span.from, to: daysAfter(middle, -1) });
  yield* piecesOf(api, team, { from: middle, to: span.to });
}

const truncated = (day: string) =>
  new UserError(
    "answer_truncated",
    `xAI did not report all spend of ${day}: it is more than fits into one answer.`,
    "Run the command again later. If that does not help, please report it.",
  );

/** What was charged on each UTC day, by description, without tokens. @param team null to ask xAI whose key it is */
export const xaiUsage = (team: string | null): Feed => ({
  id: "xai-usage",
  title: "xAI usage",
  source: "xai/usage",
  series: "xai/usage",
  detail: 1,
  async *collect(api, { from, to }) {
    const id = team ?? teamOf(await askKey(api));
    if (id === null) throw new AnswerProblem("teamId", "", "is missing");
    for (const span of spansOf(from, to, MOST_DAYS)) yield* piecesOf(api, id, span);
  },
});
