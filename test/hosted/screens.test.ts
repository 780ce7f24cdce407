import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeHome, removeHome, sample, type TerminalSize } from "../support/cli.js";
import { faultsOf, tablesOn, wordsOn } from "../screens/laws.js";
import { play, type Shown } from "../screens/play.js";
import { PROJECT_SESSIONS } from "../screens/sessions.js";
import { FILES, project } from "./accounts.js";

const SIZES: readonly TerminalSize[] = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
];

/** Dozens of starts of the program, which a busy machine may take minutes for. */
const TIMEOUT = 300_000;

/** Both are played side by side, while other tests add to the same project. */
const ofAnyMoment = (words: string): string =>
  words
    .replaceAll(/(?<=Records|Staledays)[\d,]+/g, "COUNT")
    .replaceAll(/(?<=refreshed)\d{4}-\d\d-\d\d\d\d:\d\d(?=UTC)/g, "TIME");

let shown: Shown[][];

beforeAll(async () => {
  shown = await Promise.all(
    SIZES.map(async (size) => {
      const home = makeHome();
      afterAll(() => removeHome(home));
      const user = await project.newUser();
      const names = {
        url: project.url,
        key: project.key,
        db: project.databaseUrl,
        email: user.email,
        password: user.password,
        "new-email": `new-${user.email}`,
        samples: path.dirname(sample("x")),
      };
      return play(PROJECT_SESSIONS, size, { home, env: FILES, names });
    }),
  );
}, TIMEOUT);

describe.each(PROJECT_SESSIONS.map(({ line }, at) => ({ line, at })))("$line", ({ at }) => {
  it.each(SIZES.map((size, of) => ({ ...size, of })))(
    "is whole in a terminal of $columns×$rows",
    ({ columns, rows, of }) => {
      expect(faultsOf(shown[of]![at]!, { columns, rows })).toEqual([]);
    },
  );

  it("says the same in both", () => {
    const [small, large] = shown.map((screens) => screens[at]!);
    expect(ofAnyMoment(wordsOn(small!))).toBe(ofAnyMoment(wordsOn(large!)));
    expect(tablesOn(small!)).toBe(tablesOn(large!));
  });
});
