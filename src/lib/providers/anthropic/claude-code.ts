import type { Draft } from "../../record/draft.js";
import type { Answer } from "../answer.js";
import type { Feed } from "../collector.js";
import { daysBetween } from "../../dates/days.js";
import { filled } from "../metadata.js";
import { draftsOnPages } from "../pages.js";
import { sumOfKnown } from "../tokens.js";

/** Records a page, as many as there may be. */
const PAGE = 1000;

const PATH = "/v1/organizations/usage_report/claude_code";

const draftsOf = (record: Answer): Draft[] => {
  const start = record.day("date");
  const actor = record.object("actor");
  const person = actor.text("email_address") ?? actor.text("api_key_name");
  const terminal = record.text("terminal_type");
  const isPlan = record.text("customer_type") === "subscription";
  return record.list("model_breakdown").map((row) => {
    const model = row.text("model");
    const cost = row.object("estimated_cost");
    return {
      timestamp: start,
      granularity: "day",
      model,
      cost: null,
      // In cents, and no charge: what the tokens would cost, or what a plan covers.
      value: cost.charge("amount").times("0.01"),
      currency: cost.currency("currency"),
      basis: isPlan ? "included" : "estimated",
      // The tokens of an API customer are in the usage report, too: here they would count twice.
      ...(isPlan ? tokensOf(row.object("tokens")) : {}),
      key: [start, record.text("customer_type"), actor.text("type"), person, terminal, model],
      metadata: filled({
        person,
        terminal,
        sessions: record.object("core_metrics").count("num_sessions"),
      }),
    };
  });
};

const tokensOf = (tokens: Answer): Pick<Draft, "input" | "output" | "cacheRead" | "cacheWrite"> => {
  const cacheRead = tokens.count("cache_read");
  const cacheWrite = tokens.count("cache_creation");
  return {
    input: sumOfKnown(tokens.count("input"), cacheRead, cacheWrite),
    output: tokens.count("output"),
    cacheRead,
    cacheWrite,
  };
};

/** Estimates by person and model. If Anthropic bills a day, the bill counts, and these only say who. */
export const anthropicClaudeCode: Feed = {
  id: "anthropic-claude-code",
  title: "Claude Code usage",
  source: "anthropic/claude-code",
  series: "anthropic/claude-code",
  detail: 1,
  // A request holds one day.
  async *collect(api, { from, to }) {
    for (const day of daysBetween(from, to)) {
      const query = { starting_at: day, limit: PAGE };
      const drafts = await draftsOnPages(api, PATH, query, (page) => page.list("data").flatMap(draftsOf));
      yield { days: [day], drafts };
    }
  },
};
