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

  const crossed: [file: string, code: string][] = [
    ["src/lib/ingest.ts", `import Report from "../commands/report.js";`],
    ["src/lib/ingest.ts", `import type Report from "../commands/report.js";`],
    ["src/lib/csv/reader.ts", `const { default: Report } = await import("../../commands/report.js");`],
    ["src/lib/errors.ts", `import { plain } from "./money.js";`],
    ["src/lib/money.ts", `import { refused } from "./errors.js";`],
    ["src/lib/render/table.ts", `import { openStore } from "../store/index.js";`],
    ["src/lib/render/table.ts", `import type { Embedded } from "../store/embedded.js";`],
    ["src/lib/render/table.ts", `import { type Api, open } from "../store/store.js";`],
    ["src/lib/reports/spend.ts", `import { openStore } from "../store/index.js";`],
    ["src/lib/reports/spend.ts", `export * from "../store/store.js";`],
    ["src/lib/providers/openai/index.ts", `import type { Store } from "../../store/store.js";`],
    ["src/lib/providers/openai/index.ts", `let store: import("../../store/store.js").Store;`],
  ];
  it.each(crossed)("%s may not hold: %s", (file, code) => {
    expect(lint(file, code)).toHaveLength(1);
  });

  const open: [file: string, code: string][] = [
    ["src/commands/report.ts", `import { openStore } from "../lib/store/index.js";`],
    ["src/lib/render/table.ts", `import type { DailySpend } from "../store/store.js";`],
    ["src/lib/render/table.ts", `import { type DailySpend } from "../store/store.js";`],
    ["src/lib/reports/spend.ts", `import type { DailySpend } from "../store/store.js";`],
    ["src/lib/dates/ranges.ts", `import { usageError } from "./errors.js";`],
    ["src/lib/providers/openai/cost.ts", `import type { CsvFormat } from "../../csv/format.js";`],
  ];
  it.each(open)("%s may hold: %s", (file, code) => {
    expect(lint(file, code)).toEqual([]);
  });
});

describe("a package that is imported in one place", () => {
  const homes: [name: string, home: string][] = [
    ["@electric-sql/pglite", "src/lib/store/embedded-database.ts"],
    ["asciichart", "src/lib/render/spend-chart.ts"],
    ["big.js", "src/lib/money.ts"],
    ["cli-progress", "src/lib/terminal/progress.ts"],
    ["cli-table3", "src/lib/render/table.ts"],
    ["csv-parse", "src/lib/csv/reader.ts"],
    ["fs-native-extensions", "src/lib/system/lock.ts"],
    ["inquirer", "src/lib/terminal/prompt.ts"],
    ["temporal-polyfill", "src/lib/dates/ranges.ts"],
    ["uuid", "src/lib/record/record.ts"],
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
        expect.stringContaining(`alone, not in ${elsewhere}`) as string,
      ]);
    }
    expect(lint(elsewhere, `import it from "${name}-like";`), home).toEqual([]);
  });
});
