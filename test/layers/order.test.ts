import { expect, it } from "vitest";
import { daysOf, dollars, type File, grossOf, type Page, pagesOf } from "./files.js";
import { groupBy, type Told, whatCounts } from "./model.js";
import { Random, randomSteps, type Step, told } from "./steps.js";

const SETS = 800;

const ordersOf = <Item>(items: Item[]): Item[][] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, at) => ordersOf(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));

/** What a file says, whenever it comes. */
const saidBy = (file: File): Omit<Told, "seq"> => {
  const days = daysOf(file);
  return {
    ...{ name: file.name, file, isReplace: false, pages: pagesOf(file) },
    ...{ firstDay: days[0] ?? "", lastDay: days.at(-1) ?? "" },
  };
};

/** What all of it costs, if it comes in this order. */
const costOf = (said: Omit<Told, "seq">[]): string => {
  const imports = said.map((each, at): Told => ({ ...each, seq: at + 1 }));
  return dollars(whatCounts(imports).reduce((sum, { row }) => sum + row.cost, 0n));
};

/** Each day of an account: what it holds in all, and of which project. */
const splitsOf = (file: File) =>
  groupBy(pagesOf(file), ({ account, day, lastDay }) => JSON.stringify([account, day, lastDay])).map(
    (pages) => ({
      place: JSON.stringify([
        pages[0]!.account,
        pages[0]!.day,
        pages[0]!.lastDay,
        pages.map(({ project }) => project).sort(),
      ]),
      sum: grossOf(pages.flatMap(({ rows }) => rows)),
      split: pages.map(shareOf).sort().join(),
    }),
  );

const shareOf = ({ project, rows }: Page): string => `${project} ${grossOf(rows)}`;

/** The one kind that depends on the order: two that split the same sum otherwise over projects, beside a third one. */
const isExcepted = (files: File[]): boolean =>
  files.some((one) =>
    files.some((two) =>
      splitsOf(one).some((a) =>
        splitsOf(two).some((b) => a.place === b.place && a.sum === b.sum && a.split !== b.split),
      ),
    ),
  );

type Import = Step & { kind: "import" };

// The database does as this rule says: see laws.test.ts.
it("is the same money in any order of the same files", () => {
  const random = new Random(3);
  for (let set = 0; set < SETS; set++) {
    const files = randomSteps(random, 6)
      .filter((step): step is Import => step.kind === "import" && step.who === 0 && step.file.feed === null)
      .map(({ file }) => file);
    const some = [...new Map(files.map((file) => [file.name, file])).values()].slice(0, 3);
    if (isExcepted(some)) continue;
    const costs = new Set(ordersOf(some.map(saidBy)).map(costOf));
    expect(costs.size, told(some.map((file) => ({ who: 0, kind: "import", file }) as Step))).toBe(1);
  }
});
