import { Flags, type Interfaces } from "@oclif/core";
import { CSV_HEADER, csvLine } from "../../lib/archive/records-csv.js";
import { AicostCommand } from "../../lib/command/base.js";
import { parseRange, RANGE_FORMS, today } from "../../lib/dates/ranges.js";
import { type ListPage, pageNotes, pageText, shortOf } from "../../lib/render/page-text.js";
import { recordTable } from "../../lib/render/record-table.js";
import { warningLines, withWarnings } from "../../lib/render/warning-lines.js";
import { recordWarnings } from "../../lib/reports/warnings.js";
import {
  kindFlag,
  modelFlag,
  pageFlags,
  pageOf,
  providerFlag,
  rangeFlag,
  sessionFlag,
  whoFlags,
} from "../../lib/command/flags.js";
import { kindNamed } from "../../lib/record/kinds.js";
import { parseFilters, parseWho } from "../../lib/reports/filters.js";
import { RECORD_SORTS, type RecordFilters, type StoredRecord } from "../../lib/api.js";
import { billsBeside } from "../../lib/store/bills-beside.js";
import { allRecords, type RecordPage } from "../../lib/store/record-pages.js";
import type { Store } from "../../lib/store/store.js";

const METHODS = {
  manual: "manual_entry",
  csv: "csv_import",
  api: "api_automated",
  log: "agent_log",
} as const;

export default class Records extends AicostCommand {
  static override summary = "list charges, newest first";
  static override description = `A range is ${RANGE_FORMS}.`;
  static override examples = [
    "<%= config.bin %> <%= command.id %> --range 7d",
    "<%= config.bin %> <%= command.id %> --provider openai --model mini --limit 100",
    "<%= config.bin %> <%= command.id %> --import 3f2a9c1d",
    {
      description: "What cost the most",
      command: "<%= config.bin %> <%= command.id %> --range mtd --sort cost",
    },
    {
      description: "For a spreadsheet",
      command: "<%= config.bin %> <%= command.id %> --range last-month --all --format csv > records.csv",
    },
  ];
  static override flags = {
    range: { ...rangeFlag, summary: `${rangeFlag.summary}; with --import, all` },
    provider: providerFlag,
    model: modelFlag,
    kind: kindFlag,
    ...whoFlags,
    session: sessionFlag,
    method: Flags.option({
      options: ["manual", "csv", "api", "log"] as const,
      summary: "only charges that were added this way",
    })(),
    import: Flags.string({ helpValue: "ID", summary: "only charges from this import" }),
    sort: Flags.option({
      options: RECORD_SORTS,
      default: "date" as const,
      summary: "put the latest, or the highest, first",
    })(),
    reverse: Flags.boolean({ default: false, summary: "turn the order round" }),
    all: Flags.boolean({ summary: "show all that match, on one page", exclusive: ["limit", "page"] }),
    format: Flags.option({
      options: ["table", "json", "csv"] as const,
      default: "table" as const,
      summary: "output format; csv has the columns of aicost export --format csv",
    })(),
    ...pageFlags(50),
  };

  async run(): Promise<RecordsResult> {
    const { flags, metadata } = await this.parse(Records);
    const named = filtersOf(flags);
    const store = await this.store();
    const { timezone, default_date_range } = await store.call("get_preferences", {});
    const { from, to } = parseRange(rangeOf(flags) ?? default_date_range, today(timezone));
    const filters: Filters = { ...named, ...(from !== null && { from }), ...(to !== null && { to }) };
    const isCsv = flags.format === "csv" && !this.jsonEnabled();
    const pages = flags.all ? allRecords(store, filters) : onePage(store, { ...filters, ...pageOf(flags) });
    const { records, total, shown } = await this.#collected(pages, isCsv ? timezone : null);
    const more = (flags.all ? 0 : pageOf(flags).skip_rows) + shown < total;
    const inBill = await billsBeside(store, records, timezone);
    // A limit that somebody asked for is no surprise.
    const isUsual = [metadata.flags["limit"], metadata.flags["page"]].every((flag) => flag?.setFromDefault);
    const warnings = [
      ...(more && isUsual ? [shortOf(shown, total)] : []),
      ...recordWarnings(records, inBill),
    ];
    const result = { records, total, shown, more, warnings };
    if (isCsv) warnings.forEach((warning) => this.tell(warningLines([warning], this.screen)));
    else if (flags.format === "json" && !this.jsonEnabled()) this.logJson(result);
    // With --json nobody sees the table, and one of 5,000 records takes a second.
    else if (!this.jsonEnabled()) {
      const none = nothingFits(from !== null || to !== null);
      const page = { page: flags.page, shown, total, one: "record", many: "records", none };
      this.#print(page, isUsual, () =>
        withWarnings(recordTable(records, timezone, this.screen, inBill), warnings, this.screen),
      );
    }
    return result;
  }

  /** @param isUsual nobody asked for this page: its table says so itself if there are more */
  #print(page: ListPage, isUsual: boolean, table: () => string): void {
    this.log(pageText(page, table));
    if (!isUsual) for (const note of pageNotes(page)) this.note(note);
  }

  /** @param csvZone prints each page as CSV, with dates in this time zone, and keeps none; null keeps all */
  async #collected(
    pages: AsyncIterable<RecordPage>,
    csvZone: string | null,
  ): Promise<RecordPage & { shown: number }> {
    const kept: StoredRecord[][] = [];
    let [total, shown] = [0, 0];
    if (csvZone !== null) this.logData(`${CSV_HEADER}\r`);
    for await (const page of pages) {
      total = page.total;
      shown += page.records.length;
      if (csvZone === null) kept.push(page.records);
      else if (page.records.length > 0)
        this.logData(
          page.records
            .map((record) => csvLine(record, csvZone))
            .join("")
            .replace(/\n$/, ""),
        );
    }
    return { records: kept.flat(), total, shown };
  }
}

/** The JSON contract of `aicost records --json`. */
type RecordsResult = RecordPage & { shown: number; more: boolean; warnings: string[] };

type Filters = Omit<RecordFilters, "max_rows" | "skip_rows">;

type RecordFlags = Interfaces.InferredFlags<typeof Records.flags>;

/** As it is typed; an import is shown whole. */
const rangeOf = ({ range, import: id }: RecordFlags): string | undefined =>
  range ?? (id === undefined ? undefined : "all");

/** All but the range, which needs the user's preferences. @throws UserError what `parseFilters` and `parseWho` throw */
const filtersOf = ({
  provider,
  model,
  kind,
  method,
  import: id,
  sort,
  reverse,
  ...flags
}: RecordFlags): Filters => {
  const { providers, models } = parseFilters({
    providers: provider === undefined ? [] : [provider],
    models: model === undefined ? [] : [model],
  });
  const [ofProvider, ofModel] = [providers[0], models[0]];
  const ofKind = kind === undefined ? undefined : kindNamed(kind);
  return {
    sort,
    reverse,
    ...(ofProvider !== undefined && { provider: ofProvider }),
    ...(ofModel !== undefined && { model: ofModel }),
    ...(ofKind !== undefined && { kind: ofKind }),
    ...parseWho(flags),
    ...(method !== undefined && { method: METHODS[method] }),
    ...(id !== undefined && { import_id: id }),
  };
};

async function* onePage(store: Store, filters: RecordFilters): AsyncGenerator<RecordPage> {
  yield await store.call("list_cost_records", { filters });
}

const nothingFits = (limited: boolean): string =>
  limited ? "No charges match. Try --range all" : "No charges match.";
