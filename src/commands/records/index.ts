import { Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { parseRange, RANGE_FORMS, today } from "../../lib/dates/ranges.js";
import { pageNotes, pageText } from "../../lib/render/page-text.js";
import { recordTable } from "../../lib/render/record-table.js";
import { withWarnings } from "../../lib/render/warning-lines.js";
import { recordWarnings } from "../../lib/reports/warnings.js";
import {
  kindFlag,
  modelFlag,
  pageFlags,
  pageOf,
  providerFlag,
  rangeFlag,
  whoFlags,
} from "../../lib/command/flags.js";
import { kindNamed } from "../../lib/record/kinds.js";
import { parseFilters, parseWho } from "../../lib/reports/filters.js";
import type { RecordFilters, StoredRecord } from "../../lib/api.js";

const METHODS = { manual: "manual_entry", csv: "csv_import", api: "api_automated" } as const;

export default class Records extends AicostCommand {
  static override summary = "list charges, newest first";
  static override description = `A range is ${RANGE_FORMS}.`;
  static override examples = [
    "<%= config.bin %> <%= command.id %> --range 7d",
    "<%= config.bin %> <%= command.id %> --provider openai --model mini --limit 100",
    "<%= config.bin %> <%= command.id %> --import 3f2a9c1d",
  ];
  static override flags = {
    range: { ...rangeFlag, summary: `${rangeFlag.summary}; with --import, all` },
    provider: providerFlag,
    model: modelFlag,
    kind: kindFlag,
    ...whoFlags,
    method: Flags.option({
      options: ["manual", "csv", "api"] as const,
      summary: "only charges that were added this way",
    })(),
    import: Flags.string({ helpValue: "ID", summary: "only charges from this import" }),
    ...pageFlags(50),
  };

  async run(): Promise<{ records: StoredRecord[]; total: number; warnings: string[] }> {
    const { flags } = await this.parse(Records);
    const { providers, models } = parseFilters({
      providers: flags.provider === undefined ? [] : [flags.provider],
      models: flags.model === undefined ? [] : [flags.model],
    });
    const store = await this.store();
    const { timezone, default_date_range } = await store.call("get_preferences", {});
    const range = flags.range ?? (flags.import === undefined ? default_date_range : "all");
    const { from, to } = parseRange(range, today(timezone));
    const [provider, model] = [providers[0], models[0]];
    const kind = flags.kind === undefined ? undefined : kindNamed(flags.kind);
    const filters: RecordFilters = {
      ...pageOf(flags),
      ...(from !== null && { from }),
      ...(to !== null && { to }),
      ...(provider !== undefined && { provider }),
      ...(model !== undefined && { model }),
      ...(kind !== undefined && { kind }),
      ...parseWho(flags),
      ...(flags.method !== undefined && { method: METHODS[flags.method] }),
      ...(flags.import !== undefined && { import_id: flags.import }),
    };
    const found = await store.call("list_cost_records", { filters });
    const warnings = recordWarnings(found.records);
    const none = nothingFits(from !== null || to !== null);
    const shown = found.records.length;
    const page = { page: flags.page, shown, total: found.total, one: "record", many: "records", none };
    this.log(
      pageText(page, () =>
        withWarnings(recordTable(found.records, timezone, this.screen), warnings, this.screen),
      ),
    );
    for (const note of pageNotes(page)) this.note(note);
    return { ...found, warnings };
  }
}

const nothingFits = (limited: boolean): string =>
  limited ? "No charges match. Try --range all" : "No charges match.";
