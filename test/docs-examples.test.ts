import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { pages, withOutputs } from "../scripts/console-examples.js";
import { ROOT } from "./support/cli.js";

/** A page is a dozen runs of the built program, which a busy machine may take minutes for. */
const TIMEOUT = 300_000;

describe("the examples of the docs", () => {
  // If this fails and the program is right, write them again with: npm run docs
  it.each(pages)(
    "%s shows what the program prints",
    (page) => {
      const text = readFileSync(path.join(ROOT, page), "utf8");
      expect(withOutputs(page, text)).toBe(text);
    },
    TIMEOUT,
  );

  it("are run in order; ids stay as they are on the page, and a line … stands for the rest", () => {
    const page = (cost: string, line: string) => `Text

\`\`\`console
$ aicost add --provider groq --cost 1 --date 2026-11-20
Id           00000000-0000-4000-8000-000000000000
…
$ aicost records show 00000000-0000-4000-8000-000000000000 | grep Cost
${cost}$ aicost today
${line}\`\`\`
`;
    expect(withOutputs("README.md", page("", "$2.00 today\n"))).toBe(
      page("Cost         $1.00\n", "$1.00 today · $1.00 Nov\n"),
    );
  });
});
