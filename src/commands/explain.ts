import { Args, Flags } from "@oclif/core";
import { AicostCommand } from "../lib/command/base.js";
import { modelsFlag, providersFlag, rangeFlag, whoFlags } from "../lib/command/flags.js";
import { type DateRange, RANGE_FORMS, today } from "../lib/dates/ranges.js";
import { explain, type Explanation } from "../lib/explain/explain.js";
import { periodsOf } from "../lib/explain/periods.js";
import { explainLines, explainSentences } from "../lib/render/explain-lines.js";
import { coverageOf } from "../lib/reports/coverage.js";
import { askedProviders, checkProviders, parseFilters, parseWho } from "../lib/reports/filters.js";

export default class Explain extends AicostCommand {
  static override summary = "show why spend changed";
  static override description = [
    "Divides the difference of two periods: more or fewer tokens, other prices, another mix of models, models that are new or no longer used, and plans, fees, taxes and refunds. The parts add up to the difference.",
    "",
    "With a day, it compares that day with an average day of the four weeks before it. Without one, it compares this month with the same days of the last.",
    "",
    `A range is ${RANGE_FORMS}.`,
  ].join("\n");
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    { description: "Why was that day dear?", command: "<%= config.bin %> <%= command.id %> 2026-11-12" },
    {
      description: "One provider, last month against the one before",
      command: "<%= config.bin %> <%= command.id %> --range last-month --provider openai",
    },
    {
      description: "Any two periods",
      command: "<%= config.bin %> <%= command.id %> --range 2026-Q4 --against 2026-Q3",
    },
  ];
  static override args = {
    day: Args.string({
      ignoreStdin: true,
      description: "a day to compare with a usual one: 2026-11-12, yesterday",
    }),
  };
  static override flags = {
    range: { ...rangeFlag, summary: "days to explain [default: mtd]" },
    against: Flags.string({
      helpValue: "RANGE",
      summary: "days to compare with [default: the period before]",
    }),
    provider: providersFlag,
    model: modelsFlag,
    ...whoFlags,
  };

  async run(): Promise<Explanation & { sentences: string[] }> {
    const { args, flags } = await this.parse(Explain);
    const filters = {
      ...parseFilters({ providers: flags.provider ?? [], models: flags.model ?? [] }),
      who: parseWho(flags),
    };
    const store = await this.spend();
    const [{ timezone, metadata }, coverage] = await Promise.all([
      store.call("get_preferences", {}),
      store.call("get_coverage", {}),
    ]);
    const day = today(timezone);
    const wanted = askedProviders(filters);
    const dataTo = (range: DateRange): string | null => coverageOf(coverage, range, wanted).data_to;
    const periods = periodsOf({ ...args, ...flags }, day, dataTo);
    if (flags.provider !== undefined) checkProviders(filters, await store.call("list_providers", {}));

    const explanation = await explain(store, periods, {
      timezone,
      filters,
      rules: metadata.tags ?? [],
      coverage,
      today: day,
    });
    this.log(explainLines(explanation, this.screen));
    return { ...explanation, sentences: explainSentences(explanation) };
  }
}
