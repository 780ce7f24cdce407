import type { ExportFormat, Row, Skip } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { filled } from "../metadata.js";
import { jsonIn, numberAt } from "../json-cell.js";
import { sumOfKnown } from "../tokens.js";
import { named } from "../named.js";

/** What calls a model: all else is a part of a trace. */
const CALLS = ["GENERATION", "EMBEDDING"];

const OUTPUT = /output|completion|reasoning/i;
const CACHE_WRITE = /cache_?(?:creation|write)/i;
const CACHE_READ = /cache_?(?:read)|cached/i;

/** Kinds of usage are apart from each other, or parts of `input` and `output`: their total says which. */
const tokensOf = (row: Row): Pick<Draft, "input" | "output" | "cacheRead" | "cacheWrite" | "tokens"> => {
  const usage = jsonIn(row, "usage_details");
  const counts = Object.keys(usage)
    .filter((name) => name !== "total")
    .map((name) => ({ name, count: numberAt(usage, [name]) }));
  const sum = (isMeant: (name: string) => boolean) =>
    sumOfKnown(...counts.filter(({ name }) => isMeant(name)).map(({ count }) => count));
  const total = numberAt(usage, ["total"]);
  const whole = sumOfKnown(numberAt(usage, ["input"]), numberAt(usage, ["output"]));
  const apart = sum(() => true);
  const hasParts = total !== null && total !== apart && total === whole;
  const input = hasParts ? numberAt(usage, ["input"]) : sum((name) => !OUTPUT.test(name));
  const output = hasParts ? numberAt(usage, ["output"]) : sum((name) => OUTPUT.test(name));
  const cacheWrite = sum((name) => CACHE_WRITE.test(name));
  const cacheRead = sum((name) => CACHE_READ.test(name) && !CACHE_WRITE.test(name));
  return { input, output, cacheRead, cacheWrite, tokens: total };
};

const read = (row: Row): Draft | Skip => {
  const type = row.required("type");
  if (!CALLS.includes(type.toUpperCase())) return { skip: "not model calls" };
  const cost = row.amount("total_cost");
  // What Langfuse has no price of costs 0 and has no details.
  const isPriced = cost !== null && (!cost.eq(0) || Object.keys(jsonIn(row, "cost_details")).length > 0);
  return {
    timestamp: row.moment("start_time"),
    granularity: "event",
    model: row.name("provided_model_name"),
    cost: null,
    // By Langfuse's own prices: nobody billed it.
    value: isPriced ? cost : null,
    basis: isPriced ? "estimated" : "none",
    ...tokensOf(row),
    requests: 1,
    key: [row.required("id")],
    project: named(row.text("project_id")),
    metadata: filled({
      observation_id: row.text("id"),
      trace_id: row.text("trace_id"),
      environment: row.text("environment"),
      name: row.text("name"),
    }),
  };
};

/** The scheduled export to a bucket: an observation a row. Groups of columns can be left out. */
export const langfuseObservations: ExportFormat = {
  id: "langfuse-observations",
  title: "Langfuse observations export",
  provider: "langfuse",
  where: "Langfuse, Project settings, Integrations: Blob Storage, CSV (observations_v2)",
  source: "langfuse/observations",
  requires: ["id", "type", "start_time", "provided_model_name", "usage_details"],
  knows: [
    "trace_id",
    "project_id",
    "environment",
    "parent_observation_id",
    "end_time",
    "name",
    "metadata",
    "level",
    "status_message",
    "version",
    "input",
    "output",
    "model_parameters",
    "cost_details",
    "completion_start_time",
    "prompt_*",
    "total_cost",
    "latency",
    "time_to_first_token",
    "model_id",
    "created_at",
    "updated_at",
    "input_price",
    "output_price",
    "total_price",
  ],
  date: "start_time",
  series: "langfuse/observations",
  events: true,
  dimensions: [],
  project: "project_id",
  read,
};
