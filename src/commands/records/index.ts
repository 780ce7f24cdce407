import { Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command.js";
import { parseRange, RANGE_FORMS, today } from "../../lib/dates.js";
import { recordTable } from "../../lib/render/record-table.js";
import type { RecordFilters, StoredRecord } from "../../lib/store/store.js";

const METHODS = { manual: "manual_entry", csv: "csv_import", api: "api_automated" } as const;

export default class Records extends AicostCommand {
  static override summary = "list single charges, newest first";
  static override description = `A range is ${RANGE_FORMS}.`;
  static override examples = [
    "<%= config.bin %> <%= command.id %> --range 7d",
    "<%= config.bin %> <%= command.id %> --provider openai --model mini --limit 100",
    "<%= config.bin %> <%= command.id %> --import 3f2a9c1d",
  ];
  static override flags = {
    range: Flags.string({ char: "r", default: "all", helpValue: "RANGE", summary: "which days" }),
    provider: Flags.string({ char: "p", helpValue: "NAME", summary: "of this provider alone" }),
    model: Flags.string({ char: "m", helpValue: "PART", summary: "of models whose name has this part" }),
    method: Flags.option({
      options: ["manual", "csv", "api"] as const,
      summary: "that came in this way",
    })(),
    import: Flags.string({ helpValue: "ID", summary: "of this import" }),
    limit: Flags.integer({
      char: "n",
      default: 50,
      min: 1,
      max: 1000,
      helpValue: "N",
      summary: "how many to show",
    }),
    page: Flags.integer({ default: 1, min: 1, helpValue: "N", summary: "which page of them" }),
  };

  async run(): Promise<{ records: StoredRecord[]; total: number }> {
    const { flags } = await this.parse(Records);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const { from, to } = parseRange(flags.range, today(timezone));
    const filters: RecordFilters = {
      max_rows: flags.limit,
      skip_rows: (flags.page - 1) * flags.limit,
      ...(from !== null && { from }),
      ...(to !== null && { to }),
      ...(flags.provider !== undefined && { provider: flags.provider.toLowerCase() }),
      ...(flags.model !== undefined && { model: flags.model }),
      ...(flags.method !== undefined && { method: METHODS[flags.method] }),
      ...(flags.import !== undefined && { import_id: flags.import }),
    };
    const found = await store.call("list_cost_records", { filters });
    if (found.total === 0) this.log("No record fits.");
    else this.log(recordTable(found.records, timezone, this.screen));
    if (found.total > found.records.length) {
      this.note(
        `${found.records.length} of ${found.total} records; see others with --page, or more with --limit`,
      );
    }
    return found;
  }
}
