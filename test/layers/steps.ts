import {
  type Charge,
  type File,
  grossOf,
  isBill,
  type Market,
  MIXED,
  type Row,
  seriesOf,
  type Stated,
  tokensOf,
  type Units,
} from "./files.js";
import { groupBy } from "./model.js";

/** What one of two people does. Each step stands for itself, so that any can be left out. */
export type Step = { who: 0 | 1 } & (
  | {
      kind: "import";
      file: File;
      isReplace: boolean;
      /** After how many rows it is cut short; null if it is not. */
      cut: number | null;
      /** Rows that are sent at once. */
      batch: number;
      /** Each batch is sent a second time. */
      isSentTwice: boolean;
    }
  | { kind: "undo"; name: string }
  /** @param pick which of the records; `cost` null removes it */
  | { kind: "edit"; pick: number; cost: Units | null }
  /** From now on, prices or rates are others. */
  | { kind: "market"; market: Partial<Market> }
  /** All estimates are made again by the price of now. */
  | { kind: "reprice"; name: string }
  /** All goes out as an archive, and into a fresh database. */
  | { kind: "move" }
);

/** Numbers that are the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(part: number): boolean {
    return this.next() < part;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  /** One of the names, as often as its weight says. */
  weighted<Name extends string>(weights: Record<Name, number>): Name {
    const entries = Object.entries(weights) as [Name, number][];
    let at = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    return entries.find(([, weight]) => (at -= weight) < 0)?.[0] ?? entries[0]![0];
  }
}

export const DAYS = ["2026-10-31", "2026-11-01", "2026-11-02", "2026-11-03"];
/** Those of bills of several days, as places in `DAYS`. */
const SPANS = [
  [0, 3],
  [1, 3],
  [1, 3],
  [0, 1],
  [2, 3],
] as const;
const KEYS = ["k1", "k2", "k3", "k4"];
const ONE = 10_000_000_000n;
/** Few amounts, so that sums meet; some within half a percent of others, one of the last digit. */
const COSTS: Units[] = [
  5n * ONE,
  5n * ONE,
  10n * ONE,
  7n * ONE,
  1n,
  100n * ONE,
  99n * ONE + 6n * (ONE / 10n),
  -3n * ONE,
  0n,
];
const TOKENS = [0, 0, 10, 20];
/** Dollars for a token, and cents for a euro: far enough apart that another file is the fuller one. */
const PRICES: Units[] = [ONE / 10n, ONE, 3n * ONE];
const RATES = [50n, 108n, 200n];
const PROJECTS = ["a", "b", ""];

/** How often a file is of each series: the many rules meet in few of them. */
const SERIES = {
  "openai/cost": 58,
  "openai/usage": 10,
  [MIXED]: 14,
  "litellm/spend": 6,
  "langfuse/observations": 3,
  "github-copilot/usage": 3,
  "anthropic/claude-code": 4,
  "anthropic/cost": 2,
  "agent/codex": 8,
};
/** What these name are tokens, mostly. */
const METERED: readonly string[] = ["openai/usage"];
/** What these name is not charged. */
const ESTIMATED: readonly string[] = ["langfuse/observations", "anthropic/claude-code"];
/** The single calls of these have no money, only their bill has. */
const COUNTED: readonly string[] = ["github-copilot/usage"];
/** Those of which there are no views of days. */
const EVENTS_ONLY: readonly string[] = ["langfuse/observations"];

/** Those of which nothing but scans and reports tells. */
const SCANNED: readonly string[] = ["agent/codex"];
const REPORT_OR_SCAN = { view: 50, events: 50, feed: 0 };

/** @param steps how many each of the two people does */
export const randomSteps = (random: Random, steps: number): Step[] => {
  const people = [new Person(random, 0), new Person(random, 1)];
  return Array.from({ length: steps }, () => people.map((person) => person.step())).flat();
};

/** Makes up what one person does, from what they did before. */
class Person {
  readonly #files: File[] = [];
  readonly #repricings: string[] = [];
  /** Names of what was not cut short. */
  readonly #whole = new Set<string>();
  #named = 0;

  constructor(
    readonly random: Random,
    readonly who: 0 | 1,
  ) {}

  step(): Step {
    const { random, who } = this;
    const kind =
      this.#files.length === 0
        ? "bring"
        : random.weighted({ bring: 52, again: 9, undo: 21, edit: 8, move: 4, market: 4, reprice: 2 });
    switch (kind) {
      case "bring":
        return this.#bring(this.#newFile());
      case "again":
        return this.#bring(this.#again(random.of(this.#files)));
      case "undo":
        return { who, kind, name: random.of([...this.#files.map(({ name }) => name), ...this.#repricings]) };
      case "edit":
        return { who, kind, pick: random.below(100), cost: random.chance(0.5) ? null : random.of(COSTS) };
      case "market":
        return {
          ...{ who, kind },
          market: random.chance(0.5) ? { price: random.of(PRICES) } : { cents: random.of(RATES) },
        };
      case "reprice": {
        const name = `reprice ${this.#repricings.length}`;
        this.#repricings.push(name);
        return { who, kind, name };
      }
      case "move":
        return { who, kind };
    }
  }

  #bring(file: File): Step {
    const { random, who } = this;
    const rows = file.rows.length;
    const cut = random.chance(0.18) ? random.below(rows + 1) : null;
    if (cut === null) this.#whole.add(file.name);
    return {
      ...{ who, kind: "import", file },
      isReplace: file.feed === null && random.chance(0.13),
      cut,
      batch: 1 + random.below(4),
      isSentTwice: random.chance(0.2),
    };
  }

  /** The same bytes; of a feed that was not cut short, another run that says the same. */
  #again(file: File): File {
    return file.feed !== null && this.#whole.has(file.name) ? this.#add(file) : file;
  }

  #newFile(): File {
    const made =
      this.#files.length > 0 && this.random.chance(0.7)
        ? this.#derived(this.random.of(this.#files))
        : this.#fresh();
    return this.#add(made);
  }

  #add(made: File): File {
    const file = { ...made, name: `${this.who}-${++this.#named}` };
    this.#files.push(file);
    return file;
  }

  #fresh(): File {
    const { random } = this;
    const series = random.weighted(SERIES);
    const kind = EVENTS_ONLY.includes(series)
      ? "events"
      : random.weighted(SCANNED.includes(series) ? REPORT_OR_SCAN : { view: 50, events: 22, feed: 28 });
    const account = random.weighted({ none: 50, A: 25, B: 12, C: 13 });
    const isGiven =
      kind === "view" ? account === "C" || (account === "A" && random.chance(0.15)) : account === "C";
    const from = random.below(DAYS.length);
    const days = DAYS.slice(from, from + 1 + random.below(3));
    const projects = random.chance(0.5) ? PROJECTS.slice(0, 1 + random.below(3)) : [null];
    const file: File = {
      ...{
        name: "",
        series,
        isGiven,
        days,
      },
      detail: kind === "view" ? 1 + random.below(3) : kind === "events" ? 10_000 : 2,
      isEvents: kind === "events",
      feed: kind === "feed" ? random.of(["f1", "f1", "f2"]) : null,
      rows: [],
    };
    // Half of the feeds that nobody has named are of A: files and feeds of one account meet.
    const owner = account === "none" ? (kind === "feed" && random.chance(0.5) ? "A" : null) : account;
    if (file.feed !== null && owner !== null) file.feed += ` ${owner}`;
    for (const day of days) {
      for (const project of projects) {
        for (const key of KEYS) {
          if (!random.chance(0.4)) continue;
          file.rows.push({
            account: owner,
            project,
            day,
            lastDay: day,
            key: this.#keyOf(file, day, project, key),
            ...this.#amount(file),
          });
        }
      }
    }
    if (kind === "view" && random.chance(0.2)) this.#toBill(file);
    if (kind === "view" && random.chance(0.1)) this.#toManySeries(file);
    return this.#settled(file);
  }

  /** An event is known by its key alone, so that no two rows of a file have the same. */
  #keyOf({ isEvents }: File, day: string, project: string | null, key: string): string {
    return isEvents ? `${day.slice(-2)}${project ?? ""}${key}` : key;
  }

  #amount({ series, isEvents }: File): Charge & { stated: Stated } {
    const { random } = this;
    const kind = random.weighted({ usage: 82, subscription: 5, top_up: 8, credit: 5 });
    const [amount, tokens] = [random.of(COSTS), random.of(TOKENS)];
    const stated = random.chance(0.2) ? "euros" : "dollars";
    const none = { kind: "usage", cost: 0n, topup: null, estimate: null, tokens, stated } as const;
    if (METERED.includes(series) && random.chance(0.8)) return { ...none, stated: "tokens" };
    if (isEvents && COUNTED.includes(series)) return none;
    if (ESTIMATED.includes(series)) return { ...none, estimate: amount < 0n ? -amount : amount };
    return {
      ...{ kind, estimate: null, stated },
      cost: kind === "top_up" ? 0n : kind === "credit" && amount > 0n ? -amount : amount,
      topup: kind === "top_up" ? amount : null,
      tokens,
    };
  }

  /** Files without rows say nothing of any day. */
  #settled(file: File): File {
    if (file.rows.length === 0 && file.feed === null) {
      const day = file.days[0] ?? DAYS[0]!;
      file.rows.push({
        account: null,
        project: null,
        day,
        lastDay: day,
        key: this.#keyOf(file, day, null, "k1"),
        ...this.#amount(file),
      });
    }
    for (const row of file.rows) if (row.stated === "tokens" && !isMetered(row)) row.stated = "dollars";
    for (const rows of groupBy(file.rows, (row) => seriesOf(file, row))) {
      if (!this.#areApart({ ...file, rows })) for (const row of rows) row.lastDay = row.day;
    }
    this.#withoutTwins(file);
    if (file.feed === null) file.days = [...new Set(file.rows.map(({ day }) => day))].sort();
    return file;
  }

  /** A file has bills of several days only if no other row of it speaks of these. */
  #areApart({ rows, isEvents, feed }: File): boolean {
    if (isEvents || feed !== null) return false;
    const isSame = (one: Row, two: Row): boolean => one.day === two.day && one.lastDay === two.lastDay;
    return rows.every((one) =>
      rows.every((two) => isSame(one, two) || one.lastDay < two.day || two.lastDay < one.day),
    );
  }

  /** The same money as another file told it, seen otherwise. */
  #derived(of: File): File {
    const { random } = this;
    const file: File = { ...of, rows: of.rows.map((row) => ({ ...row })), days: [...of.days] };
    const times = 1 + random.below(2);
    for (let time = 0; time < times; time++) this.#change(file);
    return this.#settled(file);
  }

  #change(file: File): void {
    const { random } = this;
    const { rows } = file;
    const row = rows.length === 0 ? undefined : random.of(rows);
    const change = random.weighted({
      ...{ resaved: 5, longer: 14, amount: 16, refund: 6, dropped: 10, renamed: 6, shorter: 5 },
      ...{ unnamed: 9, account: 7, coarser: 12, filtered: 7, moved: 14, detail: 4, feed: 4, events: 3 },
      ...{ bill: 10, daily: 5, series: 4 },
    });
    switch (change) {
      case "resaved":
        return;
      case "longer": {
        this.#longer(file);
        return;
      }
      case "amount":
        if (row) Object.assign(row, this.#amount(file));
        return;
      case "refund":
        if (row)
          rows.push({
            ...{ ...row, key: `${row.key}-r`, kind: "credit", cost: -3n * ONE },
            ...{ topup: null, estimate: null, tokens: 0 },
          });
        break;
      case "dropped":
        if (row) rows.splice(rows.indexOf(row), 1);
        return;
      case "renamed":
        if (row) row.key = `${row.key}'`;
        break;
      case "shorter":
        file.rows = rows.filter(({ day }) => day !== row?.day);
        if (file.feed !== null) file.days = file.days.filter((day) => day !== row?.day);
        return;
      case "unnamed":
        if (file.feed !== null) return;
        for (const each of rows) each.account = null;
        file.isGiven = false;
        break;
      case "account":
        if (file.feed !== null) return;
        file.isGiven = random.chance(0.5);
        for (const each of rows) each.account = random.chance(0.85) ? (file.isGiven ? "C" : "A") : "B";
        break;
      case "coarser": {
        this.#coarser(file);
        return;
      }
      case "filtered":
        file.rows = rows.filter(({ project }) => project === row?.project);
        return;
      case "moved": {
        this.#moved(file);
        return;
      }
      case "bill":
        if (!file.isEvents && file.feed === null) this.#toBill(file);
        return;
      case "series":
        if (!file.isEvents && file.feed === null && file.series !== MIXED) this.#toManySeries(file);
        break;
      case "daily":
        this.#toDays(file);
        break;
      case "detail":
        if (!file.isEvents && file.feed === null) file.detail = 1 + random.below(3);
        return;
      case "feed":
        // What a feed says of the same days: its account is that of its key.
        if (!file.isEvents && !SCANNED.includes(file.series)) this.#toFeed(file);
        return;
      case "events":
        if (file.feed === null) this.#toEvents(file);
        return;
    }
    this.#withoutTwins(file);
  }

  #longer(file: File): void {
    const day = this.random.of(DAYS);
    const model = file.rows[0];
    for (const key of KEYS.slice(0, 2)) {
      const project = model?.project ?? null;
      const account = model?.account ?? file.feed?.split(" ")[1] ?? null;
      file.rows.push({
        ...{ account, project, day, lastDay: day },
        key: this.#keyOf(file, day, project, key),
        ...this.#amount(file),
      });
    }
    if (!file.days.includes(day)) file.days = [...file.days, day].sort();
    this.#withoutTwins(file);
  }

  /** One number a day: the same sum, without projects or keys. */
  #coarser(file: File): void {
    const keepsProjects = this.random.chance(0.4);
    const places = groupBy(file.rows, ({ series, account, project, day }) =>
      JSON.stringify([series, account, keepsProjects ? project : null, day]),
    );
    file.rows = places.map((rows) => ({
      ...rows[0]!,
      project: keepsProjects ? rows[0]!.project : null,
      key: "all",
      kind: "usage",
      cost: grossOf(rows),
      topup: null,
      estimate: estimateOf(rows),
      tokens: tokensOf(rows),
    }));
    if (file.isEvents) Object.assign(file, { isEvents: false });
    if (file.feed === null) file.detail = this.random.below(2);
  }

  /** Some of its days as one bill, of the same sum or of another one. */
  #toBill(file: File): void {
    const { random } = this;
    const [first, last] = random.of(SPANS);
    const [day, lastDay] = [DAYS[first]!, DAYS[last]!];
    const keepsKeys = random.chance(0.5);
    const keepsProjects = random.chance(0.6);
    const isInside = (row: Row): boolean => day <= row.day && row.lastDay <= lastDay;
    const bills = groupBy(file.rows.filter(isInside), ({ series, account, project, key, kind }) =>
      JSON.stringify([series, account, keepsProjects ? project : null, keepsKeys ? [key, kind] : null]),
    ).map((rows): Row => ({
      ...rows[0]!,
      ...{ day, lastDay, project: keepsProjects ? rows[0]!.project : null },
      ...{ key: keepsKeys ? rows[0]!.key : "all", kind: keepsKeys ? rows[0]!.kind : "usage" },
      cost: grossOf(rows),
      topup: keepsKeys ? rows[0]!.topup : null,
      estimate: estimateOf(rows),
      tokens: tokensOf(rows),
      ...(random.chance(0.2) && this.#amount(file)),
    }));
    const others = file.rows.filter(({ day: from, lastDay: to }) => to < day || lastDay < from);
    file.rows = [...(keepsProjects && random.chance(0.5) ? others : []), ...bills];
    this.#withoutTwins(file);
  }

  /** Rows of several providers in one file, beside the files of each. */
  #toManySeries(file: File): void {
    for (const row of file.rows) row.series = this.random.of(["openai/cost", "openai/cost", "openai/usage"]);
    file.series = "focus";
  }

  /** The days of its bills, each with a part of the money. */
  #toDays(file: File): void {
    file.rows = file.rows.flatMap((row) => {
      if (!isBill(row)) return [row];
      const days = DAYS.filter((day) => row.day <= day && day <= row.lastDay).slice(this.random.below(2));
      const part = (amount: Units, at: number): Units => {
        const share = amount / BigInt(days.length);
        return at === 0 ? amount - share * BigInt(days.length - 1) : share;
      };
      return days.map((day, at) => ({
        ...{ ...row, day, lastDay: day },
        cost: part(row.cost, at),
        estimate: row.estimate === null ? null : part(row.estimate, at),
      }));
    });
  }

  /** An amount goes from one row of a day to another one, of another project if there is one. */
  #moved(file: File): void {
    const rows = this.random.of(groupBy(file.rows, ({ day }) => day).concat([[]]));
    const from = rows[0];
    const to = rows.findLast(({ project }) => project !== from?.project) ?? rows.at(-1);
    if (!from || !to || from === to || from.cost <= 0n || to.kind === "top_up") return;
    const part = this.random.chance(0.5) ? from.cost : from.cost / 2n;
    from.cost -= part;
    to.cost += part;
  }

  #toFeed(file: File): void {
    if (file.series === "focus") file.series = "openai/cost";
    for (const row of file.rows) delete row.series;
    const account = file.rows[0]?.account ?? null;
    Object.assign(file, {
      feed: account === null ? "f1" : `f1 ${account}`,
      detail: 2,
      isGiven: account === "C",
    });
    for (const row of file.rows) row.account = account;
    this.#withoutTwins(file);
  }

  #toEvents(file: File): void {
    Object.assign(file, { isEvents: true, detail: 10_000 });
    for (const row of file.rows) row.key = `${row.day.slice(-2)}${row.project ?? ""}${row.key}`;
    this.#withoutTwins(file);
  }

  #withoutTwins(file: File): void {
    const place = (row: Row): string =>
      JSON.stringify([
        seriesOf(file, row),
        row.account,
        ...(file.isEvents ? [row.key] : [row.project, row.day, row.key]),
      ]);
    file.rows = groupBy(file.rows, place).map((rows) => rows.at(-1)!);
  }
}

/** Whether a row has tokens and nothing else that could be charged. */
const isMetered = ({ kind, cost, topup, estimate, tokens }: Row): boolean =>
  kind === "usage" && cost === 0n && topup === null && estimate === null && tokens > 0;

/** What rows are estimated to cost; null if none is. */
const estimateOf = (rows: Row[]): Units | null =>
  rows.every(({ estimate }) => estimate === null)
    ? null
    : rows.reduce((sum, { estimate }) => sum + (estimate ?? 0n), 0n);

/** The shortest part of the steps, with the fewest rows, that still fails. */
export const shrunk = async (steps: Step[], fails: (steps: Step[]) => Promise<boolean>): Promise<Step[]> => {
  let best = steps;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.length;) {
      const fewer = [...best.slice(0, from), ...best.slice(from + size)];
      if (await fails(fewer)) best = fewer;
      else from += size;
    }
  }
  for (let at = 0; at < best.length; at++) {
    for (let row = 0; ;) {
      const step = best[at]!;
      if (step.kind !== "import" || row >= step.file.rows.length) break;
      const rows = step.file.rows.filter((_, index) => index !== row);
      const days = step.file.feed === null ? [...new Set(rows.map(({ day }) => day))].sort() : step.file.days;
      // The same name is the same file, wherever it comes.
      const fewer = best.map((each) =>
        each.kind === "import" && each.file.name === step.file.name
          ? { ...each, file: { ...each.file, rows, days } }
          : each,
      );
      if (rows.length > 0 && (await fails(fewer))) best = fewer;
      else row++;
    }
  }
  return best;
};

/** Steps as somebody can read them. */
export const told = (steps: Step[]): string =>
  steps
    .map((step) =>
      JSON.stringify(step, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)),
    )
    .join("\n");
