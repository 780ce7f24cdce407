import {
  type Charge,
  daysOf,
  type File,
  type Market,
  nameOf,
  type Page,
  pagesOf,
  type Row,
  rowAt,
  rowId,
  type Units,
} from "./files.js";
import {
  accountsOf,
  bySeries,
  type Counted,
  type Days,
  groupBy,
  meet,
  newPages,
  standingPages,
  type Told,
  whatCounts,
} from "./model.js";

/** One record as a reader sees it, without the ids of the database. */
export interface Seen extends Charge {
  series: string;
  account: string | null;
  day: string;
  name: string;
}

interface Entry extends Told {
  isOpen: boolean;
}

/** What was done by hand to a row: it goes with its row, to whom that is found to be of. */
interface Edit extends Pick<Counted, "series" | "day" | "id" | "account"> {
  /** The page whose row it is, and the account that this names. */
  page: Page["id"];
  named: string | null;
  /** Null for removed. */
  cost: Units | null;
}

/** What a reader must see: exactly one of several states on days that an open import touches. */
export interface Expected {
  day: string;
  series: string;
  /** Null if nothing is said of it. */
  states: Seen[][] | null;
}

/** That the estimates of rows were made again: what they were before, by row. */
interface Repricing {
  name: string;
  before: Map<Row, Units | null>;
}

/** What somebody has imported, undone, priced and edited, by the laws. */
export class ModelHome {
  readonly imports: Entry[] = [];
  /** What a token and a euro cost now. */
  readonly market: Market = { price: 1_000_000_000n, cents: 108n };
  /** The later ones last. */
  readonly #repricings: Repricing[] = [];
  /** The pages that any import has, each once; rows that are here have their amounts in dollars. */
  readonly #pages = new Map<string, Page>();
  /** How many rows of a page are here. */
  readonly #came = new Map<string, number>();
  /** How many rows of a page of an open import were here when something of its day was edited: later ones may wait. */
  readonly #cameBefore = new Map<string, number>();
  /** The pages that a finished import has or had, while anybody has them. */
  readonly #whole = new Set<string>();
  /** The later ones last. */
  #edits: Edit[] = [];
  #lastSeq = 0;

  find(name: string): Entry | undefined {
    return this.imports.find((told) => told.name === name);
  }

  /** Whether a file that comes again changes nothing. */
  isKnown(name: string, isReplace: boolean): boolean {
    const known = this.find(name);
    if (known === undefined || known.isOpen) return false;
    const later = this.imports.filter((other) => isOfSameSeries(other, known) && other.seq > known.seq);
    return !isReplace || (known.isReplace && later.length === 0);
  }

  get #done(): Entry[] {
    return this.imports.filter(({ isOpen }) => !isOpen);
  }

  get hasOpen(): boolean {
    return this.imports.some(({ isOpen }) => isOpen);
  }

  /** @returns the import, or null for a feed that says nothing new */
  begin(file: File, isReplace: boolean): Entry | null {
    const known = this.find(file.name);
    // A run that was cut short says by now what nothing else says any more.
    if (known && (file.feed === null || !known.isOpen)) {
      if (isReplace && !known.isOpen) Object.assign(known, { isReplace, seq: ++this.#lastSeq });
      return known;
    }
    const pages = newPages(file, this.#done).map((page) => this.#pageOf(page));
    const cut = this.cutRun(file);
    if (cut) {
      // Its next run goes on, with what the feed says by then.
      Object.assign(cut, { name: file.name, file, pages, ...endsOf(file) });
      this.#forget();
      return cut;
    }
    if (file.feed !== null && pages.length === 0) return null;
    const seq = ++this.#lastSeq;
    const entry = { name: file.name, seq, file, isReplace, pages, isOpen: true, ...endsOf(file) };
    this.imports.push(entry);
    return entry;
  }

  /** The pages of an import whose rows are not known to be all here. */
  wanted(entry: Entry): Page[] {
    return entry.pages.filter(({ id }) => !this.#whole.has(id));
  }

  /** The page that is here already, or a new one. */
  #pageOf(page: Page): Page {
    const known = this.#pages.get(page.id) ?? { ...page, rows: page.rows.map((row) => ({ ...row })) };
    this.#pages.set(page.id, known);
    return known;
  }

  /** The first rows of a page came. */
  take({ id }: Page, rows: number): void {
    const page = this.#pages.get(id)!;
    for (let nth = this.#came.get(id) ?? 0; nth < rows; nth++) {
      page.rows[nth] = this.#arrived(page, page.rows[nth]!);
      this.#came.set(id, nth + 1);
    }
  }

  /** A row keeps the estimate and the rate with which it first came in, for as long as any import has it. */
  #arrived(page: Page, row: Row): Row {
    const first = this.#here()
      .filter((other) => other.page.series === page.series && other.page.account === page.account)
      .find((other) => other.page.day === page.day && isSameStatement(other, { page, row }));
    if (first === undefined) return rowAt(row, this.market);
    const { cost, topup, estimate, euros } = first.row;
    const kept = { ...row, cost, topup, estimate, ...(euros !== undefined && { euros }) };
    for (const { before } of this.#repricings)
      if (before.has(first.row)) before.set(kept, before.get(first.row)!);
    return kept;
  }

  /** The rows that are here, whether they count or not. */
  #here(): { page: Page; row: Row }[] {
    return [...this.#pages.values()].flatMap((page) =>
      page.rows.slice(0, this.#came.get(page.id) ?? 0).map((row) => ({ page, row })),
    );
  }

  /** Makes all estimates again by the price of now. */
  reprice(name: string): void {
    const before = new Map<Row, Units | null>();
    for (const { row } of this.#here()) {
      const { estimate } = rowAt(row, this.market);
      if (row.stated !== "tokens" || row.estimate === estimate) continue;
      before.set(row, row.estimate);
      row.estimate = estimate;
    }
    if (before.size > 0) this.#repricings.push({ name, before });
  }

  /** Rows that were priced again later get back what they had before this one when that is undone. */
  undoReprice(name: string): void {
    const at = this.#repricings.findIndex((each) => each.name === name);
    const [undone] = this.#repricings.splice(at, 1);
    for (const [row, estimate] of undone!.before) {
      const next = this.#repricings.slice(at).find(({ before }) => before.has(row));
      if (next === undefined) row.estimate = estimate;
      else next.before.set(row, estimate);
    }
  }

  get repricings(): string[] {
    return this.#repricings.map(({ name }) => name);
  }

  finish(entry: Entry): void {
    entry.isOpen = false;
    for (const page of entry.pages) {
      this.take(page, page.rows.length);
      this.#whole.add(page.id);
    }
    this.#forget();
  }

  /** The run of a feed that was cut short. */
  cutRun({ series, feed }: File): Entry | undefined {
    return feed === null
      ? undefined
      : this.imports.find(({ isOpen, file }) => isOpen && file.series === series && file.feed === feed);
  }

  undo(entry: Entry): void {
    this.imports.splice(this.imports.indexOf(entry), 1);
    this.#forget();
  }

  /** Forgets what no import says any more. */
  #forget(): void {
    const left = this.imports.flatMap(({ pages }) => pages);
    const isLeft = new Set(left.map(({ id }) => id));
    for (const each of [this.#pages, this.#came, this.#cameBefore])
      for (const id of each.keys()) if (!isLeft.has(id)) each.delete(id);
    for (const id of this.#whole) if (!isLeft.has(id)) this.#whole.delete(id);
    const accounts = accountsOf(this.#done);
    for (const edit of this.#edits) this.#follow(edit, accounts);
    this.#edits = this.#edits.filter((edit) => {
      const { series, day } = edit;
      // It may be of a row that is still to come.
      const isAwaited = left.some(
        (page) => page.series === series && page.day === day && !this.#whole.has(page.id),
      );
      return isAwaited || left.some((page) => page.account === edit.named && hasRow(page, edit));
    });
  }

  /**
   * Lets an edit follow its row: that of the page on which it was made, else of the first that has it for the same account,
   * be it named there or found.
   */
  #follow(edit: Edit, accounts: ReadonlyMap<string, string | null>): void {
    const ownerOf = (page: Page): string | null => accounts.get(page.id) ?? page.account;
    const done = this.#done.toSorted((a, b) => a.seq - b.seq);
    const home =
      this.imports.flatMap(({ pages }) => pages).find(({ id }) => id === edit.page) ??
      done
        .flatMap(({ pages }) => pages)
        .find(
          (page) => hasRow(page, edit) && (page.account === edit.named || ownerOf(page) === edit.account),
        );
    if (home === undefined) return;
    Object.assign(edit, { page: home.id, named: home.account, account: ownerOf(home) });
  }

  /** @param cost null to remove it */
  edit(counted: Counted, cost: Units | null): void {
    const { series, account, day, id, page } = counted;
    const before = this.#editOf(counted);
    this.#edits = this.#edits.filter((edit) => edit !== before);
    const made = { series, account, day, id, page: page.id, named: page.account };
    this.#edits.push({ ...(before ?? made), cost });
    for (const { pages } of this.imports.filter(({ isOpen }) => isOpen)) {
      for (const other of pages.filter((each) => each.series === series && each.day === day)) {
        if (this.#cameBefore.has(other.id)) continue;
        this.#cameBefore.set(other.id, this.#came.get(other.id) ?? 0);
      }
    }
  }

  /** What was done last to a row. */
  #editOf({ series, account, id }: Counted): Edit | undefined {
    return this.#edits.findLast(
      (edit) => edit.series === series && edit.account === account && edit.id === id,
    );
  }

  /** All that may be seen to count, before edits. */
  counted(): Counted[] {
    const all = [
      ...whatCounts(this.#done),
      ...this.imports.filter(({ isOpen }) => isOpen).flatMap((entry) => this.#shown(entry)),
    ];
    return all.filter((each) => this.#editOf(each)?.cost !== null);
  }

  /** What of an open import came, wherever that shows. */
  readonly #shown = (entry: Entry, came: ReadonlyMap<string, number> = this.#came): Counted[] =>
    entry.pages.flatMap((page) =>
      page.rows.slice(0, came.get(page.id) ?? 0).map((row) => ({
        ...{ series: page.series, account: page.account, day: page.day, id: rowId(page, row), row, page },
      })),
    );

  /** Day by day, what a reader must see. Days of which nothing is said are empty. */
  expected(): Expected[] {
    const done = this.#done;
    const base = whatCounts(done);
    const open = this.imports.filter(({ isOpen }) => isOpen);
    const pages = this.imports.flatMap((told) => pagesOf(told.file));
    return groupBy(pages, ({ series, day }) => JSON.stringify([series, day])).map(([first]) => {
      const { series, day } = first!;
      const isHere = (each: { series: string; day: string }) => each.series === series && each.day === day;
      const closed = base.filter(isHere);
      const stretch = stretchOf(
        { day, lastDay: day },
        pages.filter((page) => page.series === series),
      );
      const touching = open.filter((told) =>
        told.pages.some((page) => page.series === series && meet(page, stretch) && !this.#isAttested(page)),
      );
      const place = { series, day };
      if (touching.length > 1) return { ...place, states: null };
      const [only] = touching;
      if (only === undefined) return { ...place, states: [this.#seen(closed)] };
      const shown = this.#shown(only).filter(isHere);
      const shownBefore = this.#shown(only, new Map([...this.#came, ...this.#cameBefore])).filter(isHere);
      const names = [
        ...new Set(
          base
            .concat(shown)
            .map(({ account }) => account)
            .concat(null),
        ),
      ];
      const extras = [shown, shownBefore].flatMap((rows) =>
        names.flatMap((name) => {
          const owned = rows.map((each) => ({ ...each, account: each.page.account ?? name }));
          return partsOf(this.#apart(owned));
        }),
      );
      const states = extras.map((extra) => [...closed, ...extra]);
      return { ...place, states: states.map((state) => this.#seen(state)) };
    });
  }

  /** Those rows of an open import that stand on no day that a finished import shows for the same account. */
  #apart(shown: Counted[]): Counted[] {
    const owned = bySeries(this.#done)
      .flatMap(standingPages)
      .filter(({ page }) => page.rows.length > 0);
    return shown.filter(
      ({ series, account, page }) =>
        !owned.some(
          (other) => other.page.series === series && other.account === account && meet(other.page, page),
        ),
    );
  }

  #isAttested({ id }: Page): boolean {
    return this.#done.some(({ pages }) => pages.some((page) => page.id === id));
  }

  #seen(counted: Counted[]): Seen[] {
    return counted.flatMap((each) => {
      const { series, account, day, row } = each;
      const edit = this.#editOf(each);
      if (edit?.cost === null) return [];
      return [{ series, account, day, name: nameOf(row), ...editedCharge(row, edit?.cost) }];
    });
  }
}

/** Whether a row that is here states what one says that comes. */
const isSameStatement = (here: { page: Page; row: Row }, coming: { page: Page; row: Row }): boolean => {
  const [one, other] = [here.row, coming.row];
  if (one.stated !== other.stated || rowId(here.page, one) !== rowId(coming.page, other)) return false;
  return one.stated === "tokens"
    ? one.tokens === other.tokens
    : one.kind === other.kind && one.euros === (other.topup ?? other.estimate ?? other.cost);
};

/** All that may be seen of an open import: the rows that came of some of its pages. */
const partsOf = (shown: Counted[]): Counted[][] =>
  groupBy(shown, ({ page }) => page.id).reduce<Counted[][]>(
    (parts, ofPage) => [...parts, ...parts.map((part) => [...part, ...ofPage])],
    [[]],
  );

const hasRow = (page: Page, { series, id }: Edit): boolean =>
  page.series === series && page.rows.some((row) => rowId(page, row) === id);

/** What a row charges with another amount. */
const editedCharge = ({ kind, cost, topup, estimate, tokens }: Row, amount: Units | undefined): Charge => ({
  ...{ kind, cost, topup, estimate, tokens },
  ...(amount !== undefined && (kind === "top_up" ? { topup: amount } : { cost: amount, estimate: null })),
});

/** The first and the last day that a file speaks about. */
const endsOf = (file: File): Pick<Told, "firstDay" | "lastDay"> => {
  const days = daysOf(file);
  return { firstDay: days[0] ?? "", lastDay: days.at(-1) ?? "" };
};

const isOfSameSeries = (one: Told, two: Told): boolean =>
  one.file.series === two.file.series ||
  one.pages.some(({ series }) => two.pages.some((page) => page.series === series));

/** All days whose bills are decided together with these ones. */
const stretchOf = (days: Days, pages: Page[]): Days => {
  const met = pages.filter((page) => meet(page, days));
  const wider = {
    day: [days.day, ...met.map(({ day }) => day)].sort()[0]!,
    lastDay: [days.lastDay, ...met.map(({ lastDay }) => lastDay)].sort().at(-1)!,
  };
  return wider.day === days.day && wider.lastDay === days.lastDay ? days : stretchOf(wider, pages);
};
