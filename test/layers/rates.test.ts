import fc from "fast-check";
import { expect, it } from "vitest";
import ImportsUndo from "../../src/commands/imports/undo.js";
import RatesSet from "../../src/commands/rates/set.js";
import { decimal, plain } from "../../src/lib/money.js";
import { imported, recorded } from "../commands/answers.js";
import { answer, fileIn, type Home, makeHome, removeHome } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";

keepDatabasesOpen();

const DAYS = ["2026-11-05", "2026-11-06", "2026-11-07"];
const EURO_MAP = ["--map", "date=Day,cost=Cost", "--provider", "groq", "--currency", "EUR"];

/** Files that say the same of the days that they share. */
const FILES = [[0], [1], [0, 1], [1, 2], [0, 1, 2]];

type Step = { set: number; rate: number } | { take: number } | { undo: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ set: fc.nat({ max: DAYS.length - 1 }), rate: fc.integer({ min: 101, max: 199 }) }),
  fc.record({ take: fc.nat({ max: FILES.length - 1 }) }),
  fc.record({ undo: fc.nat({ max: FILES.length - 1 }) }),
);

/** What must hold: each day has the rate with which it first came in, for as long as any import has it. */
class Model {
  readonly #now = new Map<number, string>();
  readonly #kept = new Map<number, string>();
  readonly in = new Map<number, string>();

  set(day: number, rate: string): void {
    this.#now.set(day, rate);
  }

  take(file: number, id: string): void {
    this.in.set(file, id);
    for (const day of FILES[file] ?? [])
      if (!this.#kept.has(day)) this.#kept.set(day, this.#now.get(day) ?? "");
  }

  undo(file: number): void {
    this.in.delete(file);
    const attested = new Set([...this.in.keys()].flatMap((other) => FILES[other] ?? []));
    for (const day of this.#kept.keys()) if (!attested.has(day)) this.#kept.delete(day);
  }

  get records(): (readonly [string, string, string])[] {
    return [...this.#kept]
      .sort(([a], [b]) => a - b)
      .map(([day, rate]) => [DAYS[day] ?? "", rate, plain(decimal(rate).times(day + 1))] as const);
  }
}

const play = async (home: Home, steps: readonly Step[]): Promise<void> => {
  const model = new Model();
  const set = async (day: number, rate: string): Promise<void> => {
    model.set(day, rate);
    await answer(RatesSet, ["EUR", rate, "--date", DAYS[day] ?? ""], home);
  };
  const paths = FILES.map((days, at) =>
    fileIn(home, `${at}.csv`, `Day,Cost\n${days.map((day) => `${DAYS[day]},${day + 1}\n`).join("")}`),
  );
  for (const day of DAYS.keys()) await set(day, "1");
  for (const step of steps) {
    if ("set" in step) await set(step.set, plain(decimal(String(step.rate)).div(100)));
    else if ("take" in step) {
      const [result] = await imported(home, paths[step.take] ?? "", ...EURO_MAP);
      const id = result?.id ?? result?.imported_as;
      if (typeof id === "string" && !model.in.has(step.take)) model.take(step.take, id);
    } else if (model.in.has(step.undo)) {
      await answer(ImportsUndo, [model.in.get(step.undo) ?? "", "--yes"], home);
      model.undo(step.undo);
    }
  }
  const { records } = await recorded(home);
  const found = records
    .map(({ timestamp, cost_usd, metadata: { original } }) => [
      timestamp.slice(0, 10),
      original?.rate,
      cost_usd,
    ])
    .sort();
  expect(found).toEqual(model.records);
};

it("keeps the rate with which a row first came in, for as long as any import has the row", async () => {
  const law = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
    const home = makeHome();
    try {
      await play(home, steps);
    } finally {
      removeHome(home);
    }
  });
  await fc.assert(law, {
    numRuns: 12,
    examples: [
      [[{ take: 0 }, { set: 0, rate: 150 }, { take: 4 }, { undo: 0 }]],
      [[{ take: 4 }, { set: 1, rate: 150 }, { take: 3 }, { undo: 4 }, { take: 2 }]],
      [[{ take: 1 }, { set: 1, rate: 150 }, { undo: 1 }, { take: 1 }]],
    ],
  });
}, 180_000);
