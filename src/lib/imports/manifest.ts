import type { Names, Sheet } from "../api.js";
import { DetailGauge } from "../csv/detail.js";
import type { CsvFormat } from "../csv/format.js";
import type { ReadRecord } from "../csv/reader.js";
import { dateOf, lastOfMonth } from "../dates/days.js";
import { type Decimal, plain, ZERO } from "../money.js";
import type { Draft } from "../record/draft.js";
import { DollarSum } from "../record/dollar-sum.js";
import { NamesGauge } from "./names.js";
import { keyHash, RowsHash } from "./rows-hash.js";

/** What a row says of where it belongs. */
export type StatedRow = Pick<ReadRecord, "record" | "draft" | "account" | "project"> &
  Partial<Pick<ReadRecord, "filled">>;

/** What tells the sheets of one file or feed apart. */
export type Place = Pick<Sheet, "series" | "account" | "project" | "day">;

/** How rows are gathered to sheets. */
export interface Gathering extends Pick<CsvFormat, "band" | "events" | "manySources" | "seriesOf"> {
  /** How fine all of them look at their series, if that is known beforehand. */
  detail?: number;
}

/** Gathers rows to what they say of each day of each account and project: the sheets of an import. */
export class Manifest {
  readonly #gathering: Gathering;
  readonly #tallies = new Map<string, Tally>();
  readonly #names = new NamesGauge();
  #hasProjects = false;
  #last: Tally | undefined;

  constructor(gathering: Gathering) {
    this.#gathering = gathering;
  }

  /** @returns the number of its sheet in `sheets` */
  add(row: StatedRow): number {
    this.#names.note(row.account, row.draft);
    this.#hasProjects ||= row.project !== null;
    const tally = this.#tallyOf(placeOf(row, this.#gathering));
    tally.add(row);
    return tally.number;
  }

  /** A day that is known to have nothing, unless a row comes. */
  addDay(day: string, account: string | null): void {
    this.#tallyOf({ account, project: null, day });
  }

  get names(): Names {
    return this.#names.names;
  }

  get sheets(): Sheet[] {
    const tallies = [...this.#tallies.values()];
    const series = [...new Set(tallies.map(({ place }) => place.series))];
    const apart = new Set(
      series.filter((name) => this.#areApart(tallies.filter(({ place }) => place.series === name))),
    );
    return tallies.map((tally) => ({
      ...tally.sheet,
      last_day: apart.has(tally.place.series) ? tally.until : tally.place.day,
      project: this.#hasProjects ? (tally.place.project ?? "") : null,
    }));
  }

  /**
   * Whether no two rows share a day, but those of equal days. Rows of one file are different money: the fee of a month and
   * the use of its days are added up, so that such a fee is one of its first day.
   */
  #areApart(tallies: readonly Tally[]): boolean {
    const ends = new Map<string, string>();
    for (const { place, until, isOfOneLength } of tallies) {
      const known = ends.get(place.day) ?? until;
      if (!isOfOneLength || known !== until) return false;
      ends.set(place.day, until);
    }
    const days = [...ends.keys()].sort();
    return days.every((day, at) => at === 0 || (ends.get(days[at - 1] ?? "") ?? "") < day);
  }

  #tallyOf(place: Place): Tally {
    // Most rows follow one of the same sheet.
    if (this.#last !== undefined && isSame(this.#last.place, place)) return this.#last;
    const key = placeKey(place);
    let tally = this.#tallies.get(key);
    if (tally === undefined) {
      tally = new Tally(this.#tallies.size, place, this.#gathering);
      this.#tallies.set(key, tally);
    }
    this.#last = tally;
    return tally;
  }
}

const isSame = (a: Place, b: Place): boolean =>
  a.day === b.day && a.account === b.account && a.project === b.project && a.series === b.series;

/** The same for a row without a project, whether or not its file looks at projects. */
export const placeKey = ({ series, account, project, day }: Place): string =>
  `${day}\t${account ?? ""}\t${project ?? ""}\t${series ?? ""}`;

/** Where a row belongs. */
export const placeOf = (
  { record, account, project }: Pick<StatedRow, "record" | "account" | "project">,
  { seriesOf }: Pick<CsvFormat, "seriesOf">,
): Place => {
  const series = seriesOf?.(record);
  return { ...(series !== undefined && { series }), account, project, day: dateOf(record.timestamp) };
};

/** The first and the last day of sheets. */
export const daysOf = (sheets: readonly Pick<Sheet, "day" | "last_day">[]) => {
  const days = sheets.map(({ day }) => day).sort();
  const ends = sheets.map(({ last_day }) => last_day).sort();
  return { first_day: days[0] ?? null, last_day: ends.at(-1) ?? null };
};

/** The last day that a row speaks about: that of a month, for example. */
export const lastDayOf = ({ timestamp, granularity, until }: Draft): string => {
  const day = dateOf(timestamp);
  return until ?? (granularity === "month" ? lastOfMonth(day) : day);
};

class Tally {
  readonly #gathering: Gathering;
  readonly #detail: DetailGauge;
  readonly #hash = new RowsHash();
  #rows = 0;
  readonly #gross = new DollarSum();
  readonly #refunds = new DollarSum();
  readonly #beside = new DollarSum();
  #tokens = 0;
  #requests = 0;
  #hasBuckets = false;
  #until: string | undefined;
  isOfOneLength = true;
  readonly #keys = new Set<number>();

  constructor(
    readonly number: number,
    readonly place: Place,
    gathering: Gathering,
  ) {
    this.#gathering = gathering;
    this.#detail = new DetailGauge(gathering);
  }

  add({ record, draft, filled = 0 }: StatedRow): void {
    this.#rows++;
    const { granularity, cost_usd } = record;
    for (const amount of [record.topup_usd, record.estimated_cost_usd]) {
      if (amount !== null && amount !== "0" && !amount.startsWith("-")) this.#beside.add(amount);
    }
    if (cost_usd.startsWith("-")) this.#refunds.add(cost_usd.slice(1));
    else if (cost_usd !== "0") this.#gross.add(cost_usd);
    this.#tokens += record.tokens_used ?? 0;
    this.#requests += record.request_count ?? 0;
    this.#hasBuckets ||= granularity !== "event";
    const until = lastDayOf(draft);
    this.isOfOneLength &&= (this.#until ??= until) === until;
    this.#detail.note({ filled, granularity });
    this.#hash.add(draft, record);
    if (this.#gathering.manySources) this.#keys.add(keyHash(draft));
  }

  /** The last day of its rows; its own without any. */
  get until(): string {
    return this.#until ?? this.place.day;
  }

  get sheet(): Omit<Sheet, "last_day"> {
    const { detail, events, manySources } = this.#gathering;
    const is_events = events === true || (events === "moments" && !this.#hasBuckets);
    return {
      ...this.place,
      detail: detail ?? this.#detail.detail,
      is_events,
      hash: this.#hash.hex,
      rows: this.#rows,
      gross: plain(this.#gross.total),
      beside: plain(this.#beside.total),
      cost_usd: plain(this.#gross.total.minus(this.#refunds.total)),
      tokens: Math.min(this.#tokens, Number.MAX_SAFE_INTEGER),
      requests: Math.min(this.#requests, Number.MAX_SAFE_INTEGER),
      keys: manySources && !is_events ? leastOf(this.#keys) : null,
    };
  }
}

/** So many keys of a sheet are compared with those of others: two that share most of their keys share some of these. */
const MOST_KEYS = 64;

const leastOf = (keys: ReadonlySet<number>): number[] => [...keys].sort((a, b) => a - b).slice(0, MOST_KEYS);

/** What sheets charge in all, US dollars. */
export const costOf = (sheets: readonly Pick<Sheet, "cost_usd">[]): Decimal =>
  sheets.reduce((sum, { cost_usd }) => sum.plus(cost_usd), ZERO);
