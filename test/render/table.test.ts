import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Column, table } from "../../src/lib/render/table.js";
import { cut, cutApart, fieldLines, printable, textWidth, wrap } from "../../src/lib/render/text.js";

interface Line {
  name: string;
  amount: string;
  count: number;
}

const COLUMNS: Column<Line>[] = [
  { header: "Name", cell: ({ name }) => name, shrinkTo: 6 },
  { header: "Amount", cell: ({ amount }) => amount, align: "decimal" },
  {
    header: "Count",
    cell: ({ count }) => String(count),
    compact: ({ count }) => `${count / 1000}k`,
    align: "right",
    priority: 1,
  },
];

const LINES: Line[] = [
  { name: "claude-sonnet-4-5", amount: "$1,235.50", count: 1_000_000 },
  { name: "通义千问", amount: "~$0.00017", count: 2_000 },
  { name: "none", amount: "–", count: 0 },
];

const drawn = (width: number): string[] => table(COLUMNS, LINES, { width, color: false }).split("\n");

describe("table", () => {
  it("sets decimal points below each other and words at the right edge, wide characters counted", () => {
    expect(drawn(80)).toEqual([
      "Name                     Amount    Count",
      "────────────────────────────────────────",
      "claude-sonnet-4-5  $1,235.50     1000000",
      "通义千问              ~$0.00017     2000",
      "none                          –        0",
    ]);
  });

  it("takes short numbers first, then breaks text, then leaves out what matters least", () => {
    expect(drawn(38)[2]).toBe("claude-sonnet-4-5  $1,235.50     1000k");
    expect(drawn(34).slice(2, 5)).toEqual([
      "claude-       $1,235.50     1000k",
      "  sonnet-4-5",
      "通义千问         ~$0.00017     2k",
    ]);
    expect(drawn(24)[0]).toBe("Name             Amount");
  });

  it("cuts a text that takes more lines than three, and says how to see all of it", () => {
    const lines = [
      { name: "a".repeat(200), amount: "$1.00", count: 1 },
      { name: `us.anthropic/${"b-".repeat(30)}`, amount: "$2.00", count: 1 },
    ];
    expect(table(COLUMNS, lines, { width: 45, color: false }).split("\n")).toEqual([
      "Name                           Amount   Count",
      "─────────────────────────────────────────────",
      "aaaaaaaaaaaaaa…aaaaaaaaaaaaaa   $1.00  0.001k",
      "us.anthropic/b-b-b-b-b-b-b-b-   $2.00  0.001k",
      "  b-b-b-b-b-b-b-b-b-b-b-b-b-",
      "  b-b-b-b-b-b-b-b-b-",
      "",
      "No room for whole names (…): use a wider",
      "terminal, or --json.",
    ]);
  });

  it("sets the total below a rule of its own", () => {
    const text = table(COLUMNS, LINES.slice(0, 1), { width: 80, color: false, total: LINES[1]! });
    expect(text.split("\n").slice(3)).toEqual([
      "────────────────────────────────────────",
      "通义千问              ~$0.00017     2000",
    ]);
  });

  it("draws a long table the same from first to last line", () => {
    const lines = Array.from({ length: 130 }, (_, i) => ({ name: `n${i}`, amount: "$1.00", count: i }));
    const text = table(COLUMNS, lines, { width: 80, color: false }).split("\n");
    expect(text).toHaveLength(132);
    expect(text.slice(2)).toEqual(
      lines.map(({ name, count }) => `${name.padEnd(4)}   $1.00  ${String(count).padStart(5)}`),
    );
  });
});

describe("cut", () => {
  it("keeps both ends", () => {
    expect(cut("claude-sonnet-4-5-20250929", 13)).toBe("claude…250929");
  });

  it("never gives more columns than asked for, and changes nothing that fits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 30 }), (text, width) => {
        const short = cut(text, width);
        expect(textWidth(short)).toBeLessThanOrEqual(width);
        if (textWidth(text) <= width) expect(short).toBe(text);
      }),
    );
  });
});

describe("a text of a million characters", () => {
  it.each(["x", "古", "👩‍👩‍👧‍👦", "a\u0301", "word "])(
    "of %j is cut without being looked at whole",
    (character) => {
      const text = `first${character.repeat(1_000_000 / character.length)}last`;
      const short = cut(text, 40);
      expect(textWidth(short)).toBeLessThanOrEqual(40);
      expect(short).toMatch(/^first.*….*last$/su);
      expect(fieldLines([["note", text]], 80)).toContain("first");
      const [shown] = table(COLUMNS, [{ name: text, amount: "$1.00", count: 1 }], { width: 60, color: false })
        .split("\n")
        .slice(2);
      expect(textWidth(shown!)).toBeLessThanOrEqual(60);
    },
  );
});

describe("cutApart", () => {
  it("leaves out the date of a model's snapshot first", () => {
    expect(cutApart(["gpt-5.6-sol-2026-07-09", "gpt-5.6-luna-20260709", "gpt-5"], 14)).toEqual([
      "gpt-5.6-sol",
      "gpt-5.6-luna",
      "gpt-5",
    ]);
  });

  it("keeps the date if it is what tells two names apart", () => {
    expect(cutApart(["claude-sonnet-2025-09-29", "claude-sonnet-2026-07-09"], 16)).toEqual([
      "claude-s…5-09-29",
      "claude-s…6-07-09",
    ]);
    expect(cutApart(["gpt-5.6-sol-2026-07-09", "gpt-5.6-sol"], 16)).toEqual([
      "gpt-5.6-…6-07-09",
      "gpt-5.6-sol",
    ]);
  });

  it("moves the cut to where names differ, and numbers what differs nowhere in sight", () => {
    expect(cutApart(["aaaaaaaa-x-bbbbbbbb", "aaaaaaaa-y-bbbbbbbb"], 12)).toEqual([
      "aaaaaaaa-x…b",
      "aaaaaaaa-y…b",
    ]);
    const [head, tail] = ["a".repeat(20), "b".repeat(20)];
    expect(cutApart([`${head}x${tail}`, `${head}y${tail}`], 8)).toEqual(["aaaaaa…2", "aaaaaa…3"]);
  });

  it("gives different texts for different texts, the same for the same, none too wide", () => {
    const text = fc.oneof(fc.stringMatching(/^[ab]{0,14}$/), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), fc.integer({ min: 6, max: 12 }), (texts, width) => {
        const short = cutApart(texts, width);
        expect(short).toHaveLength(texts.length);
        expect(Math.max(0, ...short.map(textWidth))).toBeLessThanOrEqual(width);
        expect(new Set(short).size).toBe(new Set(texts).size);
        expect(cutApart([...texts, ...texts], width)).toEqual([...short, ...short]);
      }),
    );
  });
});

describe("wrap", () => {
  it("breaks between words and indents what follows", () => {
    expect(wrap("one two three four", 9, 2)).toEqual(["one two", "  three", "  four"]);
  });
});

describe("printable", () => {
  it("makes one line of any text, without escapes or turned directions", () => {
    expect(printable(" a\u001b[31m\r\nb\u202ec ")).toBe("a [31m b c");
  });
});
