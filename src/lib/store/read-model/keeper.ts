import { daysAfter, daysCount, runsOf } from "../../dates/days.js";
import { type Budget, type DailySpend, SPLIT_KEYS } from "../../api.js";
import { BRIEF, isOfWho } from "./daily-spend.js";
import { daysOf, monthOf, withDates } from "./days.js";
import { gathered } from "./gathered.js";
import { whoOf } from "./who.js";
import { folderOf, isOver } from "./current.js";
import { modelFile, writeModel } from "./file.js";
import { isSameFile, type KnownFile, resultOf, type UnhashedFile, type ImportResult } from "./known-files.js";
import { NOTHING_STORED, type StoredRates } from "../../record/rates.js";
import type { ByMonth, Days, ReadModel } from "./read-model.js";
import { stateOf } from "./state.js";
import type { SqlDatabase, SqlRunner } from "../sql.js";
import { latestVersion } from "../migrations.js";
import { callAsUser } from "../user-call.js";

type Database = Pick<SqlDatabase, "query" | "transaction">;

/** More runs of changed days than that are summed as one. */
const MOST_SPANS = 12;

/** The most files that are remembered as imported. */
const MOST_FILES = 1000;

/** A model as it is before its state is known: that changes once more when the database stops. */
export type Unstamped = Omit<ReadModel, "state" | "schema" | "made_at">;

/** Notices what changes while the database is open. If only some days have changed, only these are made again. */
export class ModelKeeper {
  readonly #db: Database;
  /** The model of the state in which the database was opened; null if there is none. */
  readonly #model: ReadModel | null;
  readonly #start: Position;
  #noted: bigint;
  /** UTC dates of changed records; null if any day may have changed. */
  #dates: Set<string> | null;
  #isLogged = true;
  #files: readonly KnownFile[];

  private constructor(db: Database, model: ReadModel | null, start: Position) {
    this.#db = db;
    this.#model = model;
    this.#start = start;
    this.#noted = start.change;
    this.#dates = model === null ? null : new Set();
    this.#files = model?.files ?? [];
  }

  static async begin(db: Database, model: ReadModel | null): Promise<ModelKeeper> {
    return new ModelKeeper(db, model, await positionOf(db));
  }

  /** Null if importing the file may change something. */
  find(file: UnhashedFile): Promise<ImportResult | null> {
    return resultOf(this.#files, file);
  }

  /** Until a file may have been taken away. */
  remember(file: KnownFile): void {
    this.#files = [file, ...this.#files.filter((other) => !isSameFile(other, file))].slice(0, MOST_FILES);
  }

  /** Importing a file again may bring back what was taken away. */
  forgetFiles(): void {
    this.#files = [];
  }

  /** From now on, statements change days in a way that the database does not log. */
  forgetDays(): void {
    this.#isLogged = false;
  }

  /** To be called before a refresh, which empties the log of changed days. */
  async noteDays(): Promise<void> {
    const { rows } = await this.#db.query<{ date: string | null; last: string }>(
      "select date::text, max(id)::text as last from private.stale_days where id > $1 group by date",
      [this.#noted.toString()],
    );
    for (const { date, last } of rows) {
      if (date === "-infinity") this.#dates = null;
      else if (date !== null) this.#dates?.add(date);
      if (BigInt(last) > this.#noted) this.#noted = BigInt(last);
    }
  }

  async current(): Promise<Unstamped> {
    const { log } = await positionOf(this.#db);
    const model = this.#model;
    if (model !== null && log === this.#start.log && !isOver(model, new Date()))
      return { ...model, files: this.#files };
    if (!this.#isLogged) {
      this.#dates = null;
      this.forgetFiles();
    }
    await this.#forgetPartialFiles();
    await this.noteDays();
    const due = await this.#due();
    const preferences = await callAsUser(this.#db, "get_preferences", {});
    const days = await this.#days();
    const budgets = await callAsUser(this.#db, "list_budgets", {});
    return {
      preferences,
      rates: await this.#rates(preferences.currency, [...days.months.keys()][0]),
      budgets,
      budget_rates: await this.#budgetRates(budgets, preferences.currency),
      providers: await callAsUser(this.#db, "list_providers", {}),
      names: await callAsUser(this.#db, "list_names", {}),
      coverage: await callAsUser(this.#db, "get_coverage", {}),
      due,
      scans: await callAsUser(this.#db, "list_scans", {}),
      forecast: await callAsUser(this.#db, "get_forecast", {}),
      ...days,
      files: this.#files,
    };
  }

  /** Charges that are due and not booked count without a change that is logged. */
  async #due(): Promise<ReadModel["due"]> {
    const due = await callAsUser(this.#db, "get_due", {});
    for (const { due_on } of [...due.unbooked, ...(this.#model?.due.unbooked ?? [])])
      this.#dates?.add(due_on);
    return due;
  }

  /** @param first the first month with days */
  async #rates(currency: string, first?: string): Promise<StoredRates | null> {
    if (currency === "USD") return null;
    const from_day = first === undefined ? null : `${first}-01`;
    return callAsUser(this.#db, "get_rates", { currency, from_day });
  }

  /** Of all days: a period of a budget may begin before the first one with records. */
  async #budgetRates(budgets: readonly Budget[], shown: string): Promise<ReadModel["budget_rates"]> {
    const rates: Record<string, StoredRates> = {};
    for (const { currency } of budgets)
      if (currency !== "USD" && currency !== shown && rates[currency] === undefined)
        rates[currency] = (await this.#rates(currency)) ?? NOTHING_STORED;
    return rates;
  }

  /** What counts of a file that others show too, or that was edited, is for the database to say. */
  async #forgetPartialFiles(): Promise<void> {
    if (this.#files.length === 0) return;
    const { rows } = await this.#db.query<Pick<KnownFile, "sha256" | "reading">>(
      "select sha256, reading from private.partial_files()",
      [],
    );
    const partial = new Set(rows.map(({ sha256, reading }) => `${sha256} ${reading}`));
    this.#files = this.#files.filter(({ sha256, reading }) => !partial.has(`${sha256} ${reading}`));
  }

  async #days(): Promise<Pick<ReadModel, "months" | "who">> {
    if (this.#model === null || this.#dates === null) {
      const { brief, whole, isOfSomebody } = await this.#read([{ from: null, to: null }]);
      return { months: brief, who: isOfSomebody ? whoOf(whole, null) : null };
    }
    const dates = new Set([...this.#dates].flatMap(datesAround));
    const fresh = await this.#read(spansOf([...dates].sort()), dates);
    const { months, who } = this.#model;
    // Of days that name nobody, both say the same.
    const days = withDates(who?.all.days ?? months, dates, fresh.whole);
    return {
      months: withDates(months, dates, fresh.brief),
      who: who !== null || fresh.isOfSomebody ? whoOf(days, who) : null,
    };
  }

  /** Only the rows of one month are there at a time. @param spans in order @param dates of them; all by default */
  async #read(spans: readonly OpenSpan[], dates?: ReadonlySet<string>): Promise<FreshDays> {
    const fresh = { brief: new Map<string, Days>(), whole: new Map<string, Days>(), isOfSomebody: false };
    let rows: DailySpend[] = [];
    const take = (): void => {
      const [first] = rows;
      if (first === undefined) return;
      fresh.brief.set(monthOf(first), daysOf(gathered(rows, BRIEF)));
      fresh.whole.set(monthOf(first), daysOf(rows));
      fresh.isOfSomebody ||= rows.some(namesSomebody);
      rows = [];
    };
    for await (const answer of this.#answers(spans)) {
      for (const row of answer) {
        if (dates?.has(row.date) === false) continue;
        if (rows[0] !== undefined && monthOf(rows[0]) !== monthOf(row)) take();
        rows.push(row);
      }
    }
    take();
    return fresh;
  }

  async *#answers(spans: readonly OpenSpan[]): AsyncGenerator<DailySpend[]> {
    for (const { from, to } of spans) {
      const query = { from_date: from, to_date: to, split_by: SPLIT_KEYS };
      const isShort = from !== null && to !== null && daysCount(from, to) <= FEW_DAYS;
      const parts = isShort
        ? [query]
        : await callAsUser(this.#db, "spend_spans", { ...query, is_fine: false, most_work: MOST_WORK });
      for (const part of parts) yield await callAsUser(this.#db, "get_daily_spend", { ...query, ...part });
    }
  }
}

interface OpenSpan {
  from: string | null;
  to: string | null;
}

/** Days as they are now, by month. */
interface FreshDays {
  brief: ByMonth;
  /** Split by all that there is. */
  whole: ByMonth;
  isOfSomebody: boolean;
}

/** So many are asked about at once, whatever they have. */
const FEW_DAYS = 31;

/**
 * So many records, or sums that are kept, are asked about at once: PostgreSQL keeps the memory that its largest answer took,
 * and one about a hundred thousand sums takes 240 MB.
 */
const MOST_WORK = 10_000;

const namesSomebody = (day: DailySpend): boolean =>
  SPLIT_KEYS.some((key) => isOfWho(key) && day[key] !== null);

/** Only when the database has stopped. */
export const saveModel = (dataDir: string, model: Unstamped): void => {
  const state = stateOf(folderOf(dataDir));
  if (state === null) return;
  const made_at = new Date().toISOString();
  writeModel(modelFile(dataDir), { ...model, state, schema: latestVersion(), made_at });
};

interface Position {
  /** The end of its write-ahead log, which each write moves. */
  log: string;
  /** The last change of a day that is logged. */
  change: bigint;
}

const positionOf = async (db: Pick<SqlRunner, "query">): Promise<Position> => {
  const { rows } = await db.query<{ log: string; change: string }>(
    "select pg_current_wal_insert_lsn()::text as log, coalesce((select max(id) from private.stale_days), 0)::text as change",
  );
  const [{ log, change } = { log: "", change: "0" }] = rows;
  return { log, change: BigInt(change) };
};

/** A UTC date touches the dates before and after it in other time zones. */
const datesAround = (date: string): string[] => [daysAfter(date, -1), date, daysAfter(date, 1)];

/** Dates in order as runs without gaps; as one span if there are many. */
const spansOf = (dates: readonly string[]): { from: string; to: string }[] => {
  const spans = runsOf(dates);
  const [first, final] = [spans[0], spans.at(-1)];
  return first && final && spans.length > MOST_SPANS ? [{ from: first.from, to: final.to }] : spans;
};
