import tseslint from "typescript-eslint";
import { ESLint, Linter } from "eslint";
import { describe, expect, it } from "vitest";
import { borders } from "../scripts/lint-borders.js";

const linter = new Linter();

/** What the rule says about one line of code in one file. */
const lint = (file: string, code: string): string[] =>
  linter
    .verify(
      code,
      [
        {
          files: ["**/*.ts"],
          languageOptions: { parser: tseslint.parser },
          plugins: { aicost: { rules: { borders } } },
          rules: { "aicost/borders": "error" },
        },
      ],
      file,
    )
    .map(({ message }) => message);

describe("the borders between the folders", () => {
  it("are part of the project's lint configuration for every file of src", async () => {
    const config = (await new ESLint().calculateConfigForFile("src/lib/money.ts")) as Linter.Config;
    expect(config.rules?.["aicost/borders"]).toEqual([2]);
  });

  const crossed: [file: string, code: string, why: string][] = [
    ["src/lib/sync/sync.ts", `import Report from "../../commands/report.js";`, "does not know the commands"],
    [
      "src/lib/sync/sync.ts",
      `import type Report from "../../commands/report.js";`,
      "does not know the commands",
    ],
    ["src/lib/csv/reader.ts", `const { x } = await import("../../commands/report.js");`, "does not know"],
    ["src/lib/errors.ts", `import { plain } from "./money.js";`, "money.ts stands above errors.ts"],
    ["src/lib/money.ts", `import { refused } from "./errors.js";`, "money.ts may import nothing"],
    ["src/lib/api.ts", `import type { CsvFile } from "./csv/open.js";`, "csv stands above api.ts"],
    ["src/lib/api.ts", `import { lock } from "./system/lock.js";`, "api.ts may import record"],
    ["src/lib/render/table.ts", `import { openStore } from "../store/index.js";`, "does not read the store"],
    ["src/lib/render/table.ts", `import type { E } from "../store/embedded.js";`, "does not read the store"],
    [
      "src/lib/render/table.ts",
      `import { type A, open } from "../store/store.js";`,
      "does not read the store",
    ],
    ["src/lib/reports/spend.ts", `import { openStore } from "../store/index.js";`, "store stands above"],
    ["src/lib/reports/spend.ts", `export * from "../store/store.js";`, "store stands above reports"],
    [
      "src/lib/providers/openai/cost.ts",
      `import type { S } from "../../store/store.js";`,
      "store stands above",
    ],
    [
      "src/lib/providers/openai/cost.ts",
      `let s: import("../../store/store.js").Store;`,
      "store stands above",
    ],
    ["src/lib/attic/box.ts", `import { plain } from "../money.js";`, "attic is not among the rooms"],
  ];
  it.each(crossed)("%s may not hold: %s", (file, code, why) => {
    expect(lint(file, code)).toEqual([expect.stringContaining(why) as string]);
  });

  const open: [file: string, code: string][] = [
    ["src/commands/report.ts", `import { openStore } from "../lib/store/index.js";`],
    ["src/lib/render/table.ts", `import type { ImportResult } from "../store/read-model/known-files.js";`],
    ["src/lib/render/table.ts", `import { type ImportResult } from "../store/read-model/known-files.js";`],
    ["src/lib/reports/spend.ts", `import type { DailySpend } from "../api.js";`],
    ["src/lib/dates/ranges.ts", `import { usageError } from "../errors.js";`],
    ["src/lib/providers/openai/cost.ts", `import type { CsvFormat } from "../../csv/format.js";`],
    ["src/lib/store/hosted.ts", `import { migrate } from "./migrate.js";`],
  ];
  it.each(open)("%s may hold: %s", (file, code) => {
    expect(lint(file, code)).toEqual([]);
  });

  it("does not let files import each other, by types either", () => {
    const way = "src/lib/store/sql.ts → src/lib/store/migrate.ts → src/lib/store/sql.ts";
    expect(lint("src/lib/store/sql.ts", `import type { Migration } from "./migrate.js";`)).toEqual([
      `These files import each other: ${way}.`,
    ]);
  });
});

describe("a package that is imported in one place", () => {
  const homes: [name: string, home: string][] = [
    ["@electric-sql/pglite", "src/lib/store/embedded-database.ts"],
    ["asciichart", "src/lib/render/line-chart.ts"],
    ["big.js", "src/lib/money.ts"],
    ["cli-progress", "src/lib/terminal/progress.ts"],
    ["cli-table3", "src/lib/render/table.ts"],
    ["csv-parse", "src/lib/csv/reader.ts"],
    ["fs-native-extensions", "src/lib/system/lock.ts"],
    ["inquirer", "src/lib/terminal/prompt.ts"],
    ["temporal-polyfill", "src/lib/dates/ranges.ts"],
  ];

  it.each(homes)("%s is at home in %s", (name, home) => {
    expect(lint(home, `import it from "${name}";`)).toEqual([]);
    expect(lint("scripts/build.ts", `import it from "${name}";`)).toEqual([]);
  });

  it.each(homes)("%s is refused elsewhere, however it is imported", (name, home) => {
    const elsewhere = "src/commands/report.ts";
    const ways = [
      `import it from "${name}";`,
      `import type { It } from "${name}";`,
      `import it from "${name}/part";`,
      `export { it } from "${name}";`,
      `const it = await import("${name}");`,
    ];
    for (const code of ways) {
      expect(lint(elsewhere, code), code).toEqual([
        expect.stringContaining(`, not in ${elsewhere}`) as string,
      ]);
    }
    expect(lint(elsewhere, `import it from "${name}-like";`), home).toEqual([]);
  });
});
