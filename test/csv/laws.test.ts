import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellsOf } from "../../src/lib/csv/cells.js";
import { MAX_ROW_LENGTH, RowSplitter, type Delimiter, type RawRow } from "../../src/lib/csv/split.js";
import { UserError } from "../../src/lib/errors.js";
import { formats } from "../../src/lib/providers/index.js";
import { plainFormat, RATES, read } from "./tables.js";

const SAMPLES = join(import.meta.dirname, "../samples");
const samples = readdirSync(SAMPLES).filter((name) => name.endsWith(".csv"));

const cell = fc.string({
  unit: fc.constantFrom("a", "1", " ", "=", ',=",', '"', ",", ";", "\t", "\n", "\r", "ü", "≤", "𝄞", "-", "."),
  maxLength: 12,
});
const delimiter = fc.constantFrom<Delimiter>(",", ";", "\t");
const newline = fc.constantFrom("\n", "\r\n", "\r");

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Writes a cell as RFC 4180 has it, with quotes where they are needed or `always`. */
const writtenCell = (text: string, always: boolean) =>
  always || /["\n\r,;\t]|^\s|\s$/.test(text) ? quoted(text) : text;

const writtenRow = (cells: string[], by: string, always: boolean) =>
  cells.map((text) => writtenCell(text, always)).join(by);

describe("a table that was written as RFC 4180 has it", () => {
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
    );

  it("is cut into its rows and cells, wherever the pieces of its text end", () => {
    fc.assert(
      fc.property(
        table,
        delimiter,
        newline,
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        (rows, by, end, always, size) => {
          const filledRows = rows.map((row) => ["x", ...row]);
          const text = filledRows.map((row) => writtenRow(row, by, always) + end).join("");
          const splitter = new RowSplitter("table.csv", by);
          const found: RawRow[] = [];
          for (let at = 0; at < text.length; at += size)
            found.push(...splitter.push(text.slice(at, at + size)));
          found.push(...splitter.end());
          expect(cellsOf(found, by)).toEqual(filledRows);
          const starts = filledRows.map((_, index) => {
            const before = filledRows
              .slice(0, index)
              .map((row) => writtenRow(row, by, always) + end)
              .join("");
            return before.split(/\r\n|\n|\r/).length;
          });
          expect(found.map(({ line }) => line)).toEqual(starts);
        },
      ),
    );
  });

  it("is read from a file in any encoding", async () => {
    const encoding = fc.constantFrom("utf8", "utf8-bom", "utf16le", "utf16be");
    const names = fc.array(cell, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        names,
        delimiter,
        newline,
        fc.boolean(),
        encoding,
        async (models, by, end, always, how) => {
          const rows = [["day", "cost", "model"], ...models.map((model) => ["2026-11-01", "1", model])];
          const text = rows.map((row) => writtenRow(row, by, always) + end).join("");
          const { records } = await read(encoded(text, how), { formats: [plainFormat] });
          // Spreadsheets tell themselves to keep a text as it is by `="text"`.
          const textOf = (cell: string) => (/^=".*"$/s.test(cell) ? cell.slice(2, -1).trim() : cell);
          expect(records.map((record) => record.model_name)).toEqual(
            models.map((model) => textOf(model.trim()) || null),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("any text at all", () => {
  it("is cut into the rows that the parser sees, or refused for a quote that is not closed", () => {
    const text = fc.string({
      unit: fc.constantFrom('"', '""', ",", "a", "\n", "\r", " ", ";"),
      maxLength: 20,
    });
    fc.assert(
      fc.property(text, (text) => {
        const splitter = new RowSplitter("table.csv", ",");
        let rows: RawRow[];
        try {
          rows = [...splitter.push(text), ...splitter.end()].filter((row) => row.text.trim() !== "");
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect([error.code, text.includes('"')]).toEqual(["csv_unclosed_quote", true]);
          return;
        }
        const cells = cellsOf(rows, ",");
        expect(cells).toHaveLength(rows.length);
        rows.forEach(({ text }, index) => {
          if (!text.includes('"')) expect(cells[index]).toEqual(text.split(","));
        });
      }),
      { numRuns: 1000 },
    );
  });
});

const encoded = (text: string, how: string): Uint8Array => {
  if (how === "utf8") return Buffer.from(text);
  if (how === "utf8-bom") return Buffer.from(`\ufeff${text}`);
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return how === "utf16be" ? bytes.swap16() : bytes;
};

describe("a sample that was damaged", () => {
  /** Flips bytes, cuts the end off, or takes a column out. */
  const damage = fc.oneof(
    fc.record({
      kind: fc.constant("flip" as const),
      flips: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 }),
    }),
    fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }),
    fc.record({ kind: fc.constant("column" as const), at: fc.nat() }),
    fc.record({ kind: fc.constant("insert" as const), at: fc.nat(), text: cell }),
  );

  it("is read, rejected by the row or refused with a message, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...samples), damage, async (name, how) => {
        const bytes = Buffer.from(readFileSync(join(SAMPLES, name)));
        let content: Buffer = bytes;
        if (how.kind === "flip") for (const [at, value] of how.flips) bytes[at % bytes.length] = value;
        if (how.kind === "cut") content = bytes.subarray(0, how.at % bytes.length);
        if (how.kind === "insert") {
          const at = how.at % bytes.length;
          content = Buffer.concat([bytes.subarray(0, at), Buffer.from(how.text), bytes.subarray(at)]);
        }
        if (how.kind === "column") content = Buffer.from(withoutColumn(bytes.toString(), how.at));
        try {
          const { results } = await read(content);
          for (const result of results) {
            if (result.kind === "reject") expect(result.problems[0]?.reason).toBeTruthy();
          }
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.message).toMatch(/\.$/);
        }
      }),
      { numRuns: 400 },
    );
  });

  const withoutColumn = (text: string, which: number): string => {
    const lines = text.split("\n");
    const column = which % (lines[0]?.split(",").length ?? 1);
    return lines.map((line) => line.split(",").toSpliced(column, 1).join(",")).join("\n");
  };
});

describe("the formats", () => {
  const period = {
    timestamp: "2026-10-01T00:00:00Z",
    granularity: "month",
    until: "2026-10-31",
    written: "2026-10",
  } as const;
  const options = { rates: RATES, period };

  it("never claim a header together", async () => {
    for (const name of samples) {
      const { file } = await read(readFileSync(join(SAMPLES, name)), options);
      const alone = await Promise.all(
        formats.map((format) =>
          read(readFileSync(join(SAMPLES, name)), { ...options, formats: [format] }).then(
            () => [format.id],
            () => [],
          ),
        ),
      );
      expect(alone.flat()).toEqual([file.format.id]);
    }
  });

  it("have ids of their own, in kebab-case", () => {
    const ids = formats.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });
});

describe("a row of the greatest length", () => {
  it("is read, and one that is a character longer is not", () => {
    const row = (length: number) => [...new RowSplitter("table.csv", ",").push(`${"x".repeat(length)}\n`)];
    expect(row(MAX_ROW_LENGTH)).toHaveLength(1);
    expect(() => row(MAX_ROW_LENGTH + 1)).toThrow("Line 1 of table.csv is longer than 1 MB.");
  });
});
