import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backends, type Database } from "../support/database.js";
import { play, playground } from "./play.js";
import { FOUND, RULES } from "./sequences.js";
import { Random, randomSteps } from "./steps.js";

const SEQUENCES = { ...FOUND, ...RULES };

/** Faults as somebody could make them: in which function, which text becomes which; and a sequence that tells. */
const FAULTS: Record<string, [fn: string, right: string, wrong: string, by: string]> = {
  "nobody's files stay nobody's": [
    "bind_imports",
    "coalesce(e.account, (select o.account from only_one o))",
    "null::varchar",
    "a file of nobody is of the only account that files name",
  ],
  "edits outlive their rows": [
    "forget_days",
    "delete from public.edits e\n  where",
    "delete from public.edits e\n  where false and",
    "a correction stays with its row, whoever that is found to be of",
  ],
  "what is not all in competes": [
    "current_sheets",
    "where s.is_in or not exists (",
    "where true or not exists (",
    "of an import that is cut short nothing competes",
  ],
  "older answers of a feed count": [
    "current_sheets",
    "(a.feed is null or a.answer = 1)",
    "true",
    "of a feed the last answer counts",
  ],
  "nothing is replaced": [
    "replacing_imports",
    "i.is_replace and",
    "false and",
    "a file that replaces others counts, be it less",
  ],
  "a sheet that comes again is newer": [
    "current_sheets",
    "min(a.seq)",
    "max(a.seq)",
    "of equally full sheets that counts which was first seen last",
  ],
  "projects are compared one by one only": [
    "choose_sheets",
    "a.detail, a.projects",
    "a.detail, a.projects, a.sheets",
    "an amount that moves between projects counts once",
  ],
  "removed rows come back": [
    "show_rows",
    "where not r.is_edited",
    "where not r.is_edited or r.changes is null",
    "rows that come after an edit of their day may wait until their import is finished",
  ],
  "of events the latest version counts": [
    "show_rows",
    "else c.turn end desc, greatest(l.cost_usd, 0) desc",
    "else c.turn end desc, 1::int desc",
    "of an event the version that says most counts",
  ],
  "files of several sources are of one": [
    "find_sources",
    "or x.keys && y.keys",
    "or true",
    "files that share no row are of several sources",
  ],
  "bills count beside the days in them": [
    "giving_way",
    "return gone;",
    "return '{}';",
    "a bill and what is less within it count once",
  ],
  "bills never give way to their days": [
    "giving_way",
    "private.is_as_full(",
    "false and private.is_as_full(",
    "a bill gives way to days that come to as much",
  ],
  "bills that overlap in part both count": [
    "giving_way",
    "if crosses then",
    "if false then",
    "of bills that overlap in part the fuller one counts",
  ],
  "projects of bills are not told apart": [
    "choose_sheets",
    "bool_and(b.place = 2) over (partition by b.owner, b.source, t.stretch)",
    "bool_and(b.place = 2) over (partition by b.owner, b.source, t.stretch) and false",
    "bills of projects are different money",
  ],
  "the days of a bill are settled one by one": [
    "days_in_one",
    "s.day between m.day and m.last_day",
    "false",
    "a bill and what is less within it count once",
  ],
  "an account of one series is that of all": [
    "current_sheets",
    "i.bound ->> of_series",
    "i.bound ->> 'openai/cost'",
    "an account is that of a series, not of all",
  ],
  "the finest counts, be it less": [
    "choose_sheets",
    "where private.is_as_full(p.amount, p.fullest)",
    "where true",
    "the finest counts only if it is as full",
  ],
  "estimates make no file fuller": [
    "measure_of",
    "when beside > 0 then 1 else 0",
    "else 0",
    "of estimates the finest counts only if it is as full",
  ],
  "what comes again has the price of today": [
    "as_first",
    "r.estimated_cost_usd := first.estimated_cost_usd;\n    r.metadata := r.metadata -",
    "r.metadata := r.metadata -",
    "an estimate stays if the first file with its row goes, and what is priced again comes back step by step",
  ],
  "what comes again has the rate of today": [
    "as_first",
    "r.cost_usd := first.cost_usd;",
    "",
    "a longer download at a lower rate keeps the first one for the charges of before, and counts",
  ],
  "sums have the rates of today": [
    "mark_whole",
    "perform private.sum_again(open);",
    "",
    "a longer download at a lower rate keeps the first one for the charges of before, and counts",
  ],
  "estimates that are undone stay": [
    "take_estimates_back",
    "not in ('prices', 'reprice')",
    "<> ''",
    "an estimate stays if the first file with its row goes, and what is priced again comes back step by step",
  ],
  "what was priced twice gets the first price back": [
    "priced_without",
    "place = jsonb_array_length(steps) - 1",
    "true",
    "an estimate stays if the first file with its row goes, and what is priced again comes back step by step",
  ],
};

/** The suite plays that sequence; `npm run endure`, unless it is short, plays random ones until one tells. */
const MOST_ROUNDS = 300;
const IS_RANDOM = Number(process.env["AICOST_ENDURE_LAWS"] ?? 0) >= MOST_ROUNDS;
const SEED = Number(process.env["AICOST_FUZZ_SEED"] ?? 13);
const STEPS = 10;

// The faster of the two kinds: it is the sequences that are tried.
const backend = backends.find(({ kind }) => kind === "native")!;

describe("faults in the rule", () => {
  let db: Database;
  beforeAll(async () => {
    db = await playground(backend);
  });
  afterAll(() => db.close());

  const definitionOf = async (name: string): Promise<string> => {
    const [found] = await db.query<{ text: string }>(
      "select pg_get_functiondef(oid) as text from pg_proc where pronamespace = 'private'::regnamespace and proname = $1",
      [name],
    );
    return found!.text;
  };

  /** What random sequences tell first. */
  const toldByRandom = async (): Promise<string | null> => {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const told = await play(db, randomSteps(new Random(SEED * 1_000_003 + round), STEPS));
      if (told !== null) return told;
    }
    return null;
  };

  it.each(Object.entries(FAULTS))("are found: %s", { timeout: 0 }, async (_, [fn, right, wrong, by]) => {
    const before = await definitionOf(fn);
    const faulty = before.replaceAll(right, wrong);
    expect(faulty).not.toBe(before);
    await db.script(faulty);
    try {
      // Not that the database refused the call.
      expect(await (IS_RANDOM ? toldByRandom() : play(db, SEQUENCES[by]!))).toMatch(/right:/);
    } finally {
      await db.script(before);
    }
  });
});
