import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryIn, withEntry } from "../../src/lib/schedule/crontab.js";

const BEGIN = "# aicost-sync: begin (aicost sync --uninstall removes this)";
const END = "# aicost-sync: end";
const entry = (line: string): string => `${BEGIN}\n${line}\n${END}\n`;

const put = (crontab: string, line: string | null): string =>
  withEntry(Buffer.from(crontab), "aicost-sync", line).toString();

describe("the entry of a crontab", () => {
  it("comes after what is there", () => {
    expect(put("", "1 2 3")).toBe(entry("1 2 3"));
    expect(put("# mine\n\n5 5 * * * x\n", "1 2 3")).toBe(`# mine\n\n5 5 * * * x\n${entry("1 2 3")}`);
    expect(put("5 5 * * * no newline", "1 2 3")).toBe(`5 5 * * * no newline\n${entry("1 2 3")}`);
  });

  it("is replaced in its place", () => {
    const before = `a\n${entry("old")}b\n`;
    expect(put(before, "new")).toBe(`a\n${entry("new")}b\n`);
    expect(put(before, null)).toBe("a\nb\n");
    expect(entryIn(Buffer.from(before), "aicost-sync")).toBe("old");
  });

  it("may have been emptied by hand", () => {
    expect(put(`${BEGIN}\n${END}\nb\n`, "new")).toBe(`${entry("new")}b\n`);
    expect(put(`${BEGIN}\n${END}\nb\n`, null)).toBe("b\n");
  });

  it("is one a name", () => {
    const both = withEntry(Buffer.from(put("", "one")), "aicost-sync-work", "two");
    expect(both.toString()).toBe(
      `${entry("one")}# aicost-sync-work: begin (aicost sync --uninstall removes this)\ntwo\n# aicost-sync-work: end\n`,
    );
    expect(entryIn(both, "aicost-sync")).toBe("one");
    expect(entryIn(both, "aicost-sync-work")).toBe("two");
    expect(entryIn(both, "aicost-sync-home")).toBeNull();
    expect(withEntry(both, "aicost-sync-work", null).toString()).toBe(entry("one"));
  });

  it.each([
    ["a begin without an end", `${BEGIN}\nx\n`],
    ["an end without a begin", `x\n${END}\n`],
    ["an end before its begin", `${END}\nx\n${BEGIN}\n`],
    ["two begins", `${BEGIN}\n${entry("x")}`],
    ["two entries", entry("x") + entry("x")],
    ["a line of somebody else within", entry("x\n5 5 * * * mine")],
  ])("is refused with %s", (_, crontab) => {
    const damaged = expect.objectContaining({
      exit: 4,
      code: "crontab_damaged",
      message:
        "Your crontab must have exactly one line between “# aicost-sync: begin” and “# aicost-sync: end”.",
      hint: "Remove both marks and the line of aicost with: crontab -e",
    }) as Error;
    expect(() => put(crontab, "new")).toThrow(damaged);
    expect(() => put(crontab, null)).toThrow(damaged);
    expect(() => entryIn(Buffer.from(crontab), "aicost-sync")).toThrow(damaged);
  });

  const bytes = fc.uint8Array({ maxLength: 60 }).map((some) => Buffer.from(some));
  const wholeLines = bytes.map((some) =>
    some.length === 0 || some.at(-1) === 10 ? some : Buffer.concat([some, Buffer.from("\n")]),
  );

  it("leaves every byte of the others as it was", () => {
    fc.assert(
      fc.property(wholeLines, wholeLines, fc.stringMatching(/^[^\n]*$/), (above, below, line) => {
        const installed = withEntry(above, "aicost-sync", line);
        expect(installed).toEqual(Buffer.concat([above, Buffer.from(entry(line))]));
        const grown = Buffer.concat([installed, below]);
        expect(withEntry(grown, "aicost-sync", line)).toEqual(grown);
        expect(withEntry(grown, "aicost-sync", null)).toEqual(Buffer.concat([above, below]));
      }),
    );
  });
});
