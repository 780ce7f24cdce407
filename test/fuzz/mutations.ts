import fc from "fast-check";
import { sampleBytes, sampleTables, type SampleTable } from "./sample-tables.js";

/** How a table is written: none of it may change what the table says. */
export interface Writing {
  delimiter: "," | ";" | "\t";
  newline: "\n" | "\r\n" | "\r";
  quotes: "all" | "needed";
  encoding: "utf8" | "utf8-bom" | "utf16le" | "utf16be";
  endsWithNewline: boolean;
  blankLines: boolean;
  /** Where the columns go: sorted by these. */
  order: readonly number[] | null;
}

/** Some rows of a sample: none, some of them, some twice, in any order. */
export interface Rewritten {
  table: SampleTable;
  picks: readonly number[];
  writing: Writing;
}

/** Another table than the sample, of which it is known to the cent what it says. */
export const rewritten: fc.Arbitrary<Rewritten> = fc.record({
  table: fc.constantFrom(...sampleTables),
  picks: fc.array(fc.nat({ max: 999 }), { maxLength: 30 }),
  writing: fc.record({
    delimiter: fc.constantFrom(",", ";", "\t"),
    newline: fc.constantFrom("\n", "\r\n", "\r"),
    quotes: fc.constantFrom("all", "needed"),
    encoding: fc.constantFrom("utf8", "utf8-bom", "utf16le", "utf16be"),
    endsWithNewline: fc.boolean(),
    blankLines: fc.boolean(),
    order: fc.option(fc.array(fc.nat(), { minLength: 40, maxLength: 40 })),
  }),
});

export const pickedRows = ({ table, picks }: Rewritten): SampleTable["rows"] =>
  picks.map((pick) => table.rows[pick % table.rows.length]!);

export const writtenTable = (given: Rewritten): Buffer => {
  const { delimiter, newline, quotes, encoding, endsWithNewline, blankLines, order } = given.writing;
  const cell = (text: string) =>
    quotes === "all" || /["\n\r,;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const isNamed = given.table.header.every((name) => name.trim() !== "");
  const places = given.table.header.map((_, index) => index);
  if (order !== null && isNamed) places.sort((a, b) => (order[a] ?? 0) - (order[b] ?? 0));
  const ordered = (cells: string[]) => (isNamed ? places.map((place) => cells[place] ?? "") : cells);
  const lines = [given.table.header, ...pickedRows(given).map(({ cells }) => cells)].map((cells) =>
    ordered(cells).map(cell).join(delimiter),
  );
  const text = lines.join(blankLines ? newline + newline : newline) + (endsWithNewline ? newline : "");
  if (encoding === "utf8") return Buffer.from(text);
  if (encoding === "utf8-bom") return Buffer.from(`\ufeff${text}`);
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return encoding === "utf16be" ? bytes.swap16() : bytes;
};

/** One way to damage bytes. */
type Damage = (bytes: Buffer) => Buffer;

const ODD_CELLS = [
  "",
  " ",
  "-",
  "--",
  "0",
  "-0",
  "1e9",
  "1e99999",
  "1e-99999",
  "9".repeat(400),
  `0.${"3".repeat(400)}`,
  "99999999.99999999999",
  "-99999999",
  "100000000",
  "9007199254740993",
  "1,23",
  "1,234",
  "1.234,56",
  "$1,204.50",
  "(0.01)",
  "(-0.01)",
  "$-5",
  "- 5",
  "+.5",
  ".",
  "1.",
  "0x10",
  "١٢٣",
  "１２",
  "NaN",
  "Infinity",
  "null",
  "Included",
  "Free",
  "Total",
  "2026-00-15",
  "2026-02-30",
  "2024-02-29",
  "2025-02-29",
  "2026-13-01",
  "0000-00-00",
  "1969-12-31",
  "2014-12-31",
  "9999-12-31",
  "2026-11-05T25:00:00Z",
  "2026-11-05 14:30:60",
  "2026-11-05T00:00:00+99:99",
  "2026-11-05T00:00:00-00:00",
  "2026-11-05 23:59:59.999999999 UTC",
  "05/11/2026",
  "1793577600",
  "1793577600.5",
  "1793577600000",
  "-1",
  "999999999999999",
  "USD",
  "usd",
  "EUR",
  "\u0000",
  "\ufeff",
  "\u2028",
  "\u00a01\u00a0",
  "é",
  "e\u0301",
  "😀".repeat(101),
  "x".repeat(201),
  "y".repeat(70_000),
  "=1+1",
  "__proto__",
  "constructor",
  '"',
  '""',
  'a"b',
  "a\nb",
  "\r",
  "\\u0000",
  "\ud83d",
];

const oddCell = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_CELLS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.double().map(String) },
  { weight: 1, arbitrary: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()) },
);

const at = (length: number, place: number): number => (length === 0 ? 0 : place % length);

const span = (bytes: Buffer, start: number, length: number): [number, number] => {
  const from = at(bytes.length, start);
  return [from, Math.min(bytes.length, from + length)];
};

/** Text changes go by Latin-1, which keeps every byte. */
const onLines =
  (change: (lines: string[]) => string[]): Damage =>
  (bytes) =>
    Buffer.from(change(bytes.toString("latin1").split("\n")).join("\n"), "latin1");

const latin = (text: string): string => Buffer.from(text).toString("latin1");

const withCell = (line: number, column: number, text: string, quoted: boolean): Damage =>
  onLines((lines) => {
    const row = at(lines.length, line);
    const cells = (lines[row] ?? "").split(",");
    cells[at(cells.length, column)] = latin(quoted ? `"${text.replaceAll('"', '""')}"` : text);
    return lines.with(row, cells.join(","));
  });

const place = fc.nat({ max: 5000 });

const damage: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.nat({ max: 40 }), fc.nat({ max: 30 }), oddCell, fc.boolean())
      .map(([line, column, text, quoted]) => withCell(line, column, text, quoted)),
  },
  fc.tuple(place, fc.nat({ max: 255 })).map(([where, value]): Damage => (bytes) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at(copy.length, where)] = value;
    return copy;
  }),
  place.map(
    (where): Damage =>
      (bytes) =>
        bytes.subarray(0, at(bytes.length, where)),
  ),
  fc.tuple(place, oddCell).map(([where, text]): Damage => (bytes) => {
    const [from] = span(bytes, where, 0);
    return Buffer.concat([bytes.subarray(0, from), Buffer.from(text), bytes.subarray(from)]);
  }),
  fc.tuple(place, fc.nat({ max: 200 })).map(([start, length]): Damage => (bytes) => {
    const [from, to] = span(bytes, start, length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  }),
  fc.tuple(place, fc.nat({ max: 400 })).map(([start, length]): Damage => (bytes) => {
    const [from, to] = span(bytes, start, length);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  }),
  fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 40 })).map(([one, other]) =>
    onLines((lines) => {
      const [from, to] = [at(lines.length, one), at(lines.length, other)];
      return lines.with(from, lines[to] ?? "").with(to, lines[from] ?? "");
    }),
  ),
  fc.nat({ max: 40 }).map((line) => onLines((lines) => lines.toSpliced(at(lines.length, line), 1))),
  fc
    .nat({ max: 30 })
    .map((column) => onLines((lines) => lines.map((line) => line.split(",").toSpliced(column, 1).join(",")))),
  fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 })).map(([from, to]) =>
    onLines(([header = "", ...rows]) => {
      const names = header.split(",");
      return [names.with(at(names.length, to), names[at(names.length, from)] ?? "").join(","), ...rows];
    }),
  ),
  fc
    .tuple(
      fc.constantFrom(",", '"', "\n", ".", "-", "0"),
      fc.constantFrom(";", "\t", "", "'", "\r", ",", '"', "\n\n"),
    )
    .map(
      ([from, to]): Damage =>
        (bytes) =>
          Buffer.from(bytes.toString("latin1").replaceAll(from, to), "latin1"),
    ),
  fc.constantFrom(...sampleBytes.values()).map(
    (other): Damage =>
      (bytes) =>
        Buffer.concat([bytes, other]),
  ),
  fc.constantFrom("latin1", "utf16le").map(
    (encoding: BufferEncoding): Damage =>
      (bytes) =>
        Buffer.from(bytes.toString(), encoding),
  ),
  fc.constantFrom("\ufeff", "Report\n\n", "\n\n\n", "sep=;\n", "PK\x03\x04", '"').map(
    (text): Damage =>
      (bytes) =>
        Buffer.concat([Buffer.from(text), bytes]),
  ),
);

/** A sample that was damaged in up to four ways. */
export const damaged: fc.Arbitrary<Buffer> = fc
  .tuple(fc.constantFrom(...sampleBytes.keys()), fc.array(damage, { minLength: 1, maxLength: 4 }))
  .map(([name, damages]) => damages.reduce((bytes, change) => change(bytes), sampleBytes.get(name)!));
