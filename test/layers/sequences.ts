import { type Charge, type File, MIXED, type Row } from "./files.js";
import type { Step } from "./steps.js";

const ONE = 10_000_000_000n;

/** A row of a day of November 2026, in dollars. */
const row = (day: number, key: string, usd: number, rest: Partial<Row> = {}): Row => ({
  ...{ account: null, project: null, day: `2026-11-0${day}`, lastDay: `2026-11-0${day}`, key },
  ...({ kind: "usage", cost: BigInt(usd) * ONE, topup: null, estimate: null, tokens: 0 } satisfies Charge),
  stated: "dollars",
  ...rest,
});

const file = (name: string, rows: Row[], rest: Partial<File> = {}): File => ({
  ...{ name, series: "openai/cost", detail: 2, isEvents: false, feed: null, isGiven: false, rows },
  days: [...new Set(rows.map(({ day }) => day))].sort(),
  ...rest,
});

type Import = Step & { kind: "import" };

const brought = (file: File, rest: Partial<Import> = {}): Import => ({
  ...{ who: 0, kind: "import", file, isReplace: false, cut: null, batch: 10, isSentTwice: false },
  ...rest,
});

const USAGE: Partial<File> = { series: "openai/usage" };

/** Tokens that prices make an estimate of. */
const metered = (day: number, key: string, tokens: number): Row =>
  row(day, key, 0, { tokens, stated: "tokens" });
const euros = (day: number, key: string, amount: number): Row => row(day, key, amount, { stated: "euros" });

const FEED: Partial<File> = { feed: "f1" };
const DAYS_2_AND_3 = ["2026-11-02", "2026-11-03"];
const EVENTS: Partial<File> = { series: MIXED, detail: 10_000, isEvents: true };

/** What once gave a wrong number, each with as little as that takes. */
export const FOUND: Record<string, Step[]> = {
  "a day that counts goes with the farther one of two files that have it, be it nobody's": [
    brought(
      file("given", [row(2, "k4", 5, { account: "A" }), row(3, "k3", 0, { account: "A" })], {
        ...{ series: MIXED, isGiven: true },
      }),
    ),
    brought(file("nearer", [row(1, "k2", 9), row(2, "k1", 5)], { series: MIXED, detail: 3 })),
    brought(file("farther", [row(1, "k2", 9), row(3, "k2", 10)], { series: MIXED, detail: 3 })),
  ],
  "a file that replaces others does so for the account that it is found to be of later, on days without rows, too":
    [
      brought(file("first", [row(2, "k1", 7, { account: "A" })], { isGiven: true })),
      brought(file("replacing", [row(1, "k1", 5), row(3, "k1", 5)]), { isReplace: true }),
      brought(file("telling", [row(1, "k1", 5, { account: "A" })], { isGiven: true })),
    ],
  "a correction stays with its row, whoever that is found to be of": [
    brought(file("unnamed", [row(1, "k1", 5)])),
    brought(file("named", [row(3, "k1", 1, { account: "A" })])),
    { who: 0, kind: "edit", pick: 0, cost: 7n * ONE },
    { who: 0, kind: "undo", name: "named" },
    brought(file("other", [row(2, "k1", 2, { account: "A" })])),
  ],
  "a correction of a row of nobody goes with it to its account, and to a longer download": [
    brought(file("unnamed", [row(1, "k1", 5)])),
    { who: 0, kind: "edit", pick: 0, cost: 7n * ONE },
    brought(file("named", [row(3, "k1", 1, { account: "A" })])),
    brought(file("longer", [row(1, "k1", 5), row(1, "k2", 5)])),
    { who: 0, kind: "undo", name: "unnamed" },
    { who: 0, kind: "undo", name: "named" },
  ],
  "a correction stays when another download names the account, and when that goes": [
    brought(file("unnamed", [row(1, "k1", 5)])),
    { who: 0, kind: "edit", pick: 0, cost: 7n * ONE },
    brought(file("named", [row(1, "k1", 5, { account: "A" })], { isGiven: true, detail: 3 })),
    { who: 0, kind: "undo", name: "unnamed" },
    brought(file("unnamed again", [row(1, "k1", 5)], { detail: 1 })),
    { who: 0, kind: "undo", name: "named" },
  ],
  "rows that come after an edit of their day may wait until their import is finished": [
    brought(file("cut", [row(1, "k1", 5), row(1, "k2", 7), row(1, "k3", 9)], EVENTS), { cut: 2 }),
    { who: 0, kind: "edit", pick: 0, cost: null },
    brought(file("cut", [row(1, "k1", 5), row(1, "k2", 7), row(1, "k3", 9)], EVENTS), { cut: 3 }),
    brought(file("cut", [row(1, "k1", 5), row(1, "k2", 7), row(1, "k3", 9)], EVENTS)),
  ],
  "of a feed that is cut short again, nothing stays that it no longer says": [
    brought(file("cut", [row(2, "k1", 5), row(2, "k3", 7), row(3, "k2", 9)], FEED), { cut: 3 }),
    brought(file("cut again", [row(2, "k2", 5), row(2, "k3", 9)], { ...FEED, days: DAYS_2_AND_3 }), {
      cut: 2,
    }),
    { who: 0, kind: "undo", name: "cut again" },
  ],
  "two downloads are told apart by a top-up, and by an estimate": [
    brought(file("more", [row(1, "k1", 5), row(1, "k2", 0, { kind: "top_up", topup: 9n * ONE })])),
    brought(file("less", [row(1, "k1", 5), row(1, "k2", 0, { kind: "top_up", topup: 2n * ONE })])),
    brought(file("list", [row(2, "k1", 0, { estimate: 9n * ONE })], { series: "anthropic/claude-code" })),
    brought(file("later", [row(2, "k1", 0, { estimate: 2n * ONE })], { series: "anthropic/claude-code" })),
  ],
  "of two rows of one key, one of A and one of B, only that which was removed stays away": [
    brought(file("of A", [row(1, "k1", 5)])),
    { who: 0, kind: "edit", pick: 0, cost: null },
    brought(file("telling A", [row(1, "k1", 5, { account: "A" })], { isGiven: true })),
    brought(file("telling B", [row(1, "k1", 9, { account: "B" })], { isGiven: true })),
    brought(file("of B", [row(1, "k1", 9)])),
    { who: 0, kind: "undo", name: "telling A" },
    { who: 0, kind: "undo", name: "telling B" },
  ],
  "events count once after a file is undone that could be of another source": [
    brought(file("calls", [row(1, "k1", 0, { tokens: 10 })], EVENTS)),
    brought(file("days", [row(1, "k2", -3, { kind: "credit" })], { series: MIXED, detail: 1 })),
    { who: 0, kind: "undo", name: "days" },
    brought(file("more", [row(1, "k1", 0, { tokens: 20 })], EVENTS)),
  ],
  "a longer download at a lower rate keeps the first one for the charges of before, and counts": [
    brought(file("first", [euros(1, "k1", 10)])),
    { who: 0, kind: "market", market: { cents: 50n } },
    brought(file("longer", [euros(1, "k1", 10), euros(1, "k2", 2)])),
    { who: 0, kind: "undo", name: "first" },
    brought(file("longest", [euros(1, "k1", 10), euros(1, "k2", 2), euros(1, "k3", 1)])),
  ],
  "an estimate stays if the first file with its row goes, and what is priced again comes back step by step": [
    brought(file("first", [metered(1, "k1", 10)], USAGE)),
    { who: 0, kind: "market", market: { price: ONE } },
    brought(file("longer", [metered(1, "k1", 10), metered(1, "k2", 20)], USAGE)),
    { who: 0, kind: "undo", name: "first" },
    { who: 0, kind: "reprice", name: "reprice 1" },
    { who: 0, kind: "market", market: { price: 3n * ONE } },
    { who: 0, kind: "reprice", name: "reprice 2" },
    brought(file("last", [metered(1, "k1", 10), metered(1, "k2", 20), metered(1, "k3", 20)], USAGE)),
    { who: 0, kind: "undo", name: "reprice 1" },
    { who: 0, kind: "move" },
    { who: 0, kind: "undo", name: "reprice 2" },
  ],
  "a top-up that is corrected to nothing stays so": [
    brought(file("payments", [row(1, "k1", 0, { kind: "top_up", topup: 25n * ONE })])),
    { who: 0, kind: "edit", pick: 0, cost: 7n * ONE },
    { who: 0, kind: "edit", pick: 0, cost: 0n },
    brought(file("more", [row(1, "k1", 0, { kind: "top_up", topup: 25n * ONE }), row(1, "k2", 3)])),
  ],
};

const A = { account: "A" };
const of = (project: string): Partial<Row> => ({ project });
/** Of a bill: from the day of its row to this one. */
const to = (day: number): Partial<Row> => ({ lastDay: `2026-11-0${day}` });
const FILES: Partial<File> = { series: MIXED };
const ESTIMATES: Partial<File> = { series: "anthropic/claude-code" };

/** What the rules of what counts do, each with as little as it takes. */
export const RULES: Record<string, Step[]> = {
  "a file of nobody is of the only account that files name": [
    brought(file("unnamed", [row(2, "k2", 5)], USAGE)),
    brought(file("named", [row(1, "k1", 5, A)], USAGE)),
  ],
  "of an import that is cut short nothing competes": [
    brought(file("in", [row(1, "k1", 5)])),
    brought(file("cut", [row(1, "k1", 10), row(1, "k2", 7)]), { cut: 1 }),
    brought(file("fuller", [row(1, "k1", 5), row(1, "k2", 1)])),
  ],
  "of a feed the last answer counts": [
    brought(file("first", [row(1, "k1", 10)], FEED)),
    brought(file("last", [row(1, "k1", 5)], FEED)),
  ],
  "a file that replaces others counts, be it less": [
    brought(file("more", [row(1, "k1", 10)])),
    brought(file("less", [row(1, "k1", 5)]), { isReplace: true }),
  ],
  "of equally full sheets that counts which was first seen last": [
    brought(file("one", [row(2, "k1", 5)])),
    brought(file("other", [row(2, "k2", 5)])),
    brought(file("one again", [row(1, "k1", 7), row(2, "k1", 5)])),
  ],
  "an amount that moves between projects counts once": [
    brought(file("before", [row(1, "k1", 50, of("a")), row(1, "k1", 50, of("b"))])),
    brought(file("after", [row(1, "k1", 60, of("a")), row(1, "k1", 40, of("b"))])),
  ],
  "of an event the version that says most counts": [
    brought(file("more", [row(1, "k1", 9)], EVENTS)),
    brought(file("later", [row(1, "k1", 5), row(1, "k2", 1)], EVENTS)),
  ],
  "files that share no row are of several sources": [
    brought(file("one", [row(1, "k1", 5)], FILES)),
    brought(file("other", [row(1, "k2", 7)], FILES)),
  ],
  "a bill and what is less within it count once": [
    brought(file("bill", [row(1, "k1", 10, to(3))])),
    brought(file("days", [row(2, "k1", 5)])),
  ],
  "a bill gives way to days that come to as much": [
    brought(file("bill", [row(1, "k1", 10, to(3))])),
    brought(file("days", [row(2, "k1", 5), row(3, "k1", 7)])),
  ],
  "of bills that overlap in part the fuller one counts": [
    brought(file("one", [row(1, "k1", 10, to(2))])),
    brought(file("other", [row(2, "k1", 7, to(3))])),
  ],
  "bills of projects are different money": [
    brought(file("bill", [row(1, "k1", 10, { ...of("a"), ...to(3) })])),
    brought(file("days", [row(2, "k1", 5, of("b"))])),
  ],
  "an account is that of a series, not of all": [
    brought(file("named", [row(1, "k1", 5, A)], USAGE)),
    brought(file("unnamed", [row(2, "k1", 7)], USAGE)),
  ],
  "the finest counts only if it is as full": [
    brought(file("finest", [row(1, "k1", 5)], { detail: 3 })),
    brought(file("fullest", [row(1, "k1", 10)], { detail: 1 })),
  ],
  "of estimates the finest counts only if it is as full": [
    brought(file("finest", [row(1, "k1", 0, { estimate: 2n * ONE })], { ...ESTIMATES, detail: 3 })),
    brought(file("fullest", [row(1, "k1", 0, { estimate: 9n * ONE })], { ...ESTIMATES, detail: 1 })),
  ],
};
