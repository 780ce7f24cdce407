import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { firstScreen, GROUPS } from "../../src/lib/help/first-screen.js";
import { textWidth } from "../../src/lib/render/text.js";
import { ROOT } from "../support/cli.js";

describe("the first screen", () => {
  it("has every command once", () => {
    const manifest = JSON.parse(readFileSync(path.join(ROOT, "oclif.manifest.json"), "utf8")) as {
      commands: Record<string, unknown>;
    };
    const words = new Set(Object.keys(manifest.commands).map((id) => id.split(":")[0]));
    const shown = GROUPS.flatMap(({ first, also = [] }) => [...Object.keys(first), ...also]);
    expect(shown.toSorted()).toEqual([...words].toSorted());
  });

  it("fits a terminal of 24 lines with 80 columns", () => {
    const lines = firstScreen().split("\n");
    // The next prompt takes a line.
    expect(lines.length).toBeLessThan(24);
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(80);
  });
});
