import {
  besideOf,
  type File,
  grossOf,
  isBill,
  keysOf,
  MIXED,
  netOf,
  type Page,
  pagesOf,
  type Row,
  rowId,
  tokensOf,
  type Units,
} from "./files.js";

/** An import that is left: its place in the order, and the pages that it says. */
export interface Told {
  name: string;
  seq: number;
  file: File;
  isReplace: boolean;
  firstDay: string;
  lastDay: string;
  pages: Page[];
}

/** A row that counts, and for whom. */
export interface Counted {
  series: string;
  account: string | null;
  day: string;
  id: string;
  row: Row;
  page: Page;
}

/**
 * What counts, by the laws alone: a function of the imports that are left. Nothing here knows how the database comes to
 * the same.
 */
export const whatCounts = (imports: readonly Told[]): Counted[] =>
  bySeries(imports).flatMap((ofSeries) => {
    const sources = sourcesOf(ofSeries);
    const sourceOf = ({ by }: Owned): number => sources.findIndex((source) => source.includes(by[0]!));
    const owners = groupBy(standingPages(ofSeries), (each) => JSON.stringify([each.account, sourceOf(each)]));
    return owners.flatMap((ofOwner) => {
      const slots = groupBy(ofOwner, ({ page }) => JSON.stringify([page.day, page.lastDay]));
      return countedOf(slots.flatMap(viewsOf));
    });
  });

/** What imports say of each series. */
export const bySeries = (imports: readonly Told[]): Told[][] => {
  const names = new Set(imports.flatMap(({ pages }) => pages.map(({ series }) => series)));
  return [...names].map((name) =>
    imports
      .map((told) => ({ ...told, pages: told.pages.filter(({ series }) => series === name) }))
      .filter(({ pages }) => pages.length > 0),
  );
};

/** What of one series may count: not older answers of a feed, nor what was replaced, nor reports of days that are scanned. */
export const standingPages = (ofSeries: readonly Told[]): Owned[] =>
  withoutScanned(withoutReplaced(lastOfFeeds(ownedPages(ofSeries)), ofSeries));

/** Step 3: of a day of which the scan of an agent has a call, only what scans have. */
const withoutScanned = (all: Owned[]): Owned[] => {
  const scanned = all.filter(isOfScan);
  return all.filter(
    (owned) => !isOfAgent(owned) || isOfScan(owned) || !scanned.some(({ page }) => meet(page, owned.page)),
  );
};

const isOfAgent = ({ page }: Owned): boolean => page.series.startsWith("agent/");
const isOfScan = (owned: Owned): boolean => isOfAgent(owned) && owned.page.isEvents;

/** Files of one header that share no row on any day are of several sources, if no other file links them. */
const sourcesOf = (imports: Told[]): Told[][] => {
  let sources = imports.map((told) => [told]);
  for (const told of imports) {
    const linked = sources.filter((source) =>
      source.some((other) => told === other || sharesRow(told, other)),
    );
    sources = [...sources.filter((source) => !linked.includes(source)), linked.flat()];
  }
  return sources;
};

const sharesRow = (one: Told, two: Told): boolean =>
  one.pages[0]?.series !== MIXED ||
  one.pages.some((page) =>
    two.pages.some(
      (other) =>
        page.day === other.day &&
        isSameOrUnknown(page.account, other.account) &&
        haveSome(keysOf(page), keysOf(other)),
    ),
  );

export const isSameOrUnknown = (one: string | null, two: string | null): boolean =>
  one === null || two === null || one === two;

/** Something in common, as far as both are known. */
const haveSome = (one: number[] | null, two: number[] | null): boolean =>
  one === null || two === null || one.some((key) => two.includes(key));

/** A page with the imports that say it and the account that it is of. */
export interface Owned {
  page: Page;
  account: string | null;
  by: Told[];
}

const ownedPages = (imports: readonly Told[]): Owned[] => {
  const pages = new Map<string, Owned>();
  for (const told of imports) {
    for (const page of told.pages) {
      const known = pages.get(page.id);
      if (known) known.by.push(told);
      else pages.set(page.id, { page, account: page.account, by: [told] });
    }
  }
  const owners = new Map(imports.map((told) => [told, ownerOf(told, imports)]));
  for (const owned of pages.values()) {
    if (owned.page.account !== null) continue;
    // Copies of one page that are found to be of several accounts: that of the file that goes farthest.
    const claims = owned.by.map((told) => ({ told, owner: owners.get(told) ?? null }));
    claims.sort((a, b) => compare(b.told.lastDay, a.told.lastDay) || compareNames(a.owner, b.owner));
    owned.account = claims[0]!.owner;
  }
  return [...pages.values()];
};

/** Whose each page is. */
export const accountsOf = (imports: readonly Told[]): Map<Page["id"], string | null> =>
  new Map(
    bySeries(imports)
      .flatMap(ownedPages)
      .map(({ page, account }) => [page.id, account]),
  );

const compareNames = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : compare(a, b);

/** Whose the pages of an import are that name nobody: law 5. */
const ownerOf = (told: Told, imports: readonly Told[]): string | null => {
  const unnamed = groupBy(
    told.pages.filter(({ account }) => account === null),
    ({ day, lastDay }) => JSON.stringify([day, lastDay]),
  );
  if (unnamed.length === 0) return null;
  const evidence = namedIn(imports)
    .map((name) => ({ name, ...daysOf(unnamed, name, imports) }))
    .filter(({ equal, shared }) => 2 * equal > shared)
    .sort((a, b) => b.equal - a.equal || compare(a.name, b.name));
  if (evidence[0]) return evidence[0].name;
  const byFiles = namedIn(imports.filter(({ file }) => !file.isGiven));
  return byFiles.length === 1 ? byFiles[0]! : null;
};

const namedIn = (imports: readonly Told[]): string[] => [
  ...new Set(imports.flatMap(({ pages }) => pages.flatMap(({ account }) => account ?? []))),
];

/** How many days an account shares with pages, and on how many of them one import has the same sum for it. */
const daysOf = (
  unnamed: Page[][],
  name: string,
  imports: readonly Told[],
): { equal: number; shared: number } => {
  const compared = unnamed.flatMap((pages) => {
    const theirs = imports
      .map((other) => other.pages.filter((page) => page.account === name && isOfSameDays(page, pages[0]!)))
      .filter((each) => each.length > 0);
    return theirs.length === 0 ? [] : [theirs.some((each) => isSameSum(weightOf(pages), weightOf(each)))];
  });
  return { equal: compared.filter(Boolean).length, shared: compared.length };
};

/** First and last day of a page. */
export type Days = Pick<Page, "day" | "lastDay">;

const isOfSameDays = (one: Days, two: Days): boolean => one.day === two.day && one.lastDay === two.lastDay;

/** Whether some day is in both. */
export const meet = (one: Days, two: Days): boolean => one.day <= two.lastDay && two.day <= one.lastDay;

/** By what pages are compared: money if they have any; else what stands beside it, such as estimates; else tokens. */
const MEASURES = ["tokens", "beside", "gross"] as const;
type Measure = (typeof MEASURES)[number];

const measureOf = (rows: Row[]): Measure =>
  grossOf(rows) > 0n ? "gross" : besideOf(rows) > 0n ? "beside" : "tokens";

const highest = (measures: Measure[]): Measure =>
  MEASURES.findLast((measure) => measures.includes(measure)) ?? "tokens";

interface Weight {
  measure: Measure;
  amount: Units;
}

const weightOf = (pages: Page[]): Weight => {
  const rows = pages.flatMap((page) => page.rows);
  const measure = measureOf(rows);
  return { measure, amount: sumsOf(rows)[measure] };
};

const isSameSum = (one: Weight, two: Weight): boolean =>
  one.measure === two.measure && isNear(one.amount, two.amount) && isNear(two.amount, one.amount);

interface Sums {
  gross: Units;
  beside: Units;
  tokens: bigint;
  rows: number;
  net: Units;
}

const sumsOf = (rows: Row[]): Sums => ({
  gross: grossOf(rows),
  beside: besideOf(rows),
  tokens: BigInt(tokensOf(rows)),
  rows: rows.length,
  net: netOf(rows),
});

/** At most half a percent below. */
const isNear = (amount: Units, fullest: Units): boolean => amount * 1000n >= fullest * 995n;

/** What counts of one day, or of the days of a bill, as long as nothing else speaks of them. */
interface View extends Days {
  rows: Counted[];
  isByProject: boolean;
  measure: Measure;
}

/** Of one series and account, and of the same days: the view that counts; none if it is empty. */
const viewsOf = (left: Owned[]): View[] => {
  const measure = highest(left.map(({ page }) => measureOf(page.rows)));
  const size = (rows: Row[]): Units => sumsOf(rows)[measure];

  const parts = partsOf(
    left.filter(({ page }) => !page.isEvents),
    size,
  );
  const whole = (owned: Owned[]): Counted[] =>
    owned.flatMap(({ page, account }) => page.rows.map((row) => counted(page, account, row)));
  // Step 7 and 8: all of these show the same money. Of those as full as the fullest, the first.
  const { day, lastDay } = left[0]!.page;
  const views = [
    { rows: joined(left.filter(({ page }) => page.isEvents)), isByProject: false },
    { rows: whole(parts.filter(({ page }) => page.project !== null)), isByProject: true },
    { rows: whole(parts.filter(({ page }) => page.project === null)), isByProject: false },
  ].filter(({ rows }) => rows.length > 0);
  const sizes = views.map(({ rows }) => size(rows.map(({ row }) => row)));
  const fullest = sizes.reduce((a, b) => (a > b ? a : b), 0n);
  const view = views.find((_, at) => isNear(sizes[at]!, fullest));
  return view === undefined ? [] : [{ ...view, day, lastDay, measure }];
};

/** Step 9: a bill of several days and what speaks of some of them show the same money. */
const countedOf = (views: View[]): Counted[] => {
  const stretches = views.filter(isBill).reduce<Days[]>((known, bill) => {
    const met = known.filter((stretch) => meet(stretch, bill));
    return [...known.filter((stretch) => !met.includes(stretch)), around([bill, ...met])];
  }, []);
  const apart = views.filter((view) => !stretches.some((stretch) => meet(stretch, view)));
  return [
    ...apart.flatMap(({ rows }) => rows),
    ...stretches.flatMap((stretch) => countedIn(views.filter((view) => meet(stretch, view)))),
  ];
};

const around = (days: Days[]): Days => ({
  day: days.map(({ day }) => day).sort()[0]!,
  lastDay: days
    .map(({ lastDay }) => lastDay)
    .sort()
    .at(-1)!,
});

/** Projects are different money, if all of it looks at them. */
const countedIn = (views: View[]): Counted[] => {
  const isByProject = views.every((view) => view.isByProject);
  const projects = [...new Set(views.flatMap(({ rows }) => rows.map(({ page }) => page.project)))];
  const lines = isByProject
    ? projects.map((project) =>
        views.map((view) => ({ ...view, rows: view.rows.filter(({ page }) => page.project === project) })),
      )
    : [views];
  return lines.flatMap((line) => {
    const rivals = line.filter(({ rows }) => rows.length > 0);
    const bills = rivals.filter(isBill).sort(fullestBill);
    const kept = bills.reduce<View[]>(
      (others, bill) => (others.some((other) => isAcross(bill, other)) ? others : [...others, bill]),
      [],
    );
    return standing([...kept, ...rivals.filter((view) => !isBill(view))]).flatMap(({ rows }) => rows);
  });
};

const sizeOf = ({ rows, measure }: View): Units => sumsOf(rows.map(({ row }) => row))[measure];

const lengthOf = ({ day, lastDay }: Days): number => Date.parse(lastDay) - Date.parse(day);

const fullestBill = (a: View, b: View): number =>
  MEASURES.indexOf(b.measure) - MEASURES.indexOf(a.measure) ||
  compare(sizeOf(b), sizeOf(a)) ||
  lengthOf(a) - lengthOf(b) ||
  compare(a.day, b.day);

const isWithin = (one: Days, two: Days): boolean => two.day <= one.day && one.lastDay <= two.lastDay;

/** Each has days that the other one lacks, and they share some. */
const isAcross = (one: Days, two: Days): boolean =>
  meet(one, two) && !isWithin(one, two) && !isWithin(two, one);

/** What stands of bills that lie in one another: each, or what is within it if that comes to as much. */
const standing = (views: View[]): View[] => {
  const outermost = views.filter((view) => !views.some((other) => other !== view && isWithin(view, other)));
  return outermost.flatMap((bill) => {
    const inside = standing(views.filter((view) => view !== bill && isWithin(view, bill)));
    if (inside.length === 0) return [bill];
    const measure = highest([bill, ...inside].map((view) => view.measure));
    const size = (view: View): Units => (view.measure === measure ? sizeOf(view) : 0n);
    const within = inside.reduce((sum, view) => sum + size(view), 0n);
    return isNear(within, size(bill)) ? inside : [bill];
  });
};

const counted = (page: Page, account: string | null, row: Row): Counted => ({
  series: page.series,
  account,
  day: page.day,
  id: rowId(page, row),
  row,
  page,
});

const rowsOf = (owned: Owned[]): Row[] => owned.flatMap(({ page }) => page.rows);

/** Step 1: of a feed, what it said last of a day, whoever it was found to be of before. */
const lastOfFeeds = (all: Owned[]): Owned[] =>
  groupBy(all, ({ page }) => JSON.stringify([page.feed, page.account, page.day])).flatMap((ofDay) => {
    if (ofDay[0]!.page.feed === null) return ofDay;
    const last = Math.max(...ofDay.flatMap(({ by }) => by.map(({ seq }) => seq)));
    return ofDay.filter(({ by }) => by.some(({ seq }) => seq === last));
  });

/** Step 2: what was first seen before an import that replaces it. */
const withoutReplaced = (all: Owned[], imports: readonly Told[]): Owned[] =>
  all.filter((owned) => {
    const { page, account, by } = owned;
    if (isOfScan(owned)) return true;
    return imports
      .filter(({ isReplace, firstDay, lastDay }) => isReplace && meet(page, { day: firstDay, lastDay }))
      .every((replacing) => {
        const accounts = replacing.pages.map((each) => each.account ?? ownerOf(replacing, imports));
        const projects = replacing.pages.map(({ project }) => project);
        const isAimedAt =
          accounts.includes(account) &&
          (page.project === null || projects.includes(null) || projects.includes(page.project));
        return !isAimedAt || firstSeen(by) >= replacing.seq;
      });
  });

/** The first import that says it; one that replaces says it anew. */
const firstSeen = (by: Told[]): number => {
  const replacing = by.filter(({ isReplace }) => isReplace).map(({ seq }) => seq);
  return replacing.length > 0 ? Math.max(...replacing) : Math.min(...by.map(({ seq }) => seq));
};

const reachOf = (by: Told[]): string =>
  by
    .map(({ lastDay }) => lastDay)
    .sort()
    .at(-1)!;

/** Something of which one is to be chosen. */
interface Candidate {
  rows: Row[];
  reach: string;
  /** The net sum of what it stands in. */
  net: Units;
  place: number;
}

/** Less than zero if `a` goes before `b`: fuller, then farther, then the lower net sum, then later. */
const fullerFirst = (a: Candidate, b: Candidate): number => {
  const [one, two] = [sumsOf(a.rows), sumsOf(b.rows)];
  return (
    compare(two.gross, one.gross) ||
    compare(two.beside, one.beside) ||
    compare(two.tokens, one.tokens) ||
    compare(two.rows, one.rows) ||
    compare(b.reach, a.reach) ||
    compare(a.net, b.net) ||
    compare(b.place, a.place)
  );
};

const candidate = (sheets: Owned[], rows = rowsOf(sheets)): Candidate => ({
  rows,
  reach: sheets
    .map(({ by }) => reachOf(by))
    .sort()
    .at(-1)!,
  net: netOf(rowsOf(sheets)),
  place: Math.max(...sheets.map(({ by }) => firstSeen(by))),
});

/** What one import says of a day as a whole. */
interface Answer extends Candidate {
  sheets: Owned[];
  detail: number;
}

/** Steps 5 and 6: the sheet that counts of each project, if its view of the day does. */
const partsOf = (sheets: Owned[], size: (rows: Row[]) => Units): Owned[] => {
  const questions = groupBy(answersOf(sheets), ({ sheets, detail }) =>
    JSON.stringify([detail, sheets.map(({ page }) => page.project).sort()]),
  );
  const best = questions.map((same) => [...same].sort(fullerFirst)[0]!);
  const kept = best.flatMap(({ sheets, detail }) =>
    sheets.map((sheet) => ({ ...candidate([sheet]), sheet, detail })),
  );
  return groupBy(kept, ({ sheet }) => JSON.stringify(sheet.page.project)).map(
    (rivals) => finest(rivals, size).sheet,
  );
};

const answersOf = (sheets: Owned[]): Answer[] => {
  const imports = [...new Set(sheets.flatMap(({ by }) => by))].sort((a, b) => b.seq - a.seq);
  return imports.map((told) => {
    const said = sheets.filter(({ by }) => by.includes(told));
    return { ...candidate(said), sheets: said, detail: Math.max(...said.map(({ page }) => page.detail)) };
  });
};

/** Step 6: of those within half a percent of the fullest, the finest. */
const finest = <Rival extends Candidate & { detail: number }>(
  rivals: Rival[],
  size: (rows: Row[]) => Units,
): Rival => {
  const sizes = rivals.map(({ rows }) => size(rows));
  const fullest = sizes.reduce((a, b) => (a > b ? a : b));
  const near = rivals.filter((_, at) => isNear(sizes[at]!, fullest));
  return near.sort((a, b) => b.detail - a.detail || fullerFirst(a, b))[0]!;
};

/** Step 8: events, one a key, from the version that says most of it. */
const joined = (sheets: Owned[]): Counted[] => {
  const versions = sheets.flatMap((sheet) =>
    sheet.page.rows.map((row) => ({ ...candidate([sheet], [row]), sheet, row })),
  );
  return groupBy(versions, ({ sheet, row }) => rowId(sheet.page, row)).map((same) => {
    const { sheet, row } = [...same].sort(fullerFirst)[0]!;
    return counted(sheet.page, sheet.account, row);
  });
};

const compare = <Value>(a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0);

export const groupBy = <Item>(items: readonly Item[], key: (item: Item) => string): Item[][] => {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
};

/** What a file says when it comes: of a feed, only what its last run did not say already. */
export const newPages = (file: File, imports: readonly Told[]): Page[] => {
  const pages = pagesOf(file);
  if (file.feed === null) return pages;
  return groupBy(pages, ({ account, day }) => JSON.stringify([account, day]))
    .filter((days) => {
      const { account, day } = days[0]!;
      const before = imports
        .filter((told) => told.file.feed === file.feed && told.file.series === file.series)
        .map(({ seq, pages: theirs }) => ({
          seq,
          ids: theirs.filter((page) => page.account === account && page.day === day).map(({ id }) => id),
        }))
        .filter(({ ids }) => ids.length > 0)
        .sort((a, b) => b.seq - a.seq)[0];
      return JSON.stringify(before?.ids.sort()) !== JSON.stringify(days.map(({ id }) => id).sort());
    })
    .flat();
};
