import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { useSifted } from "../../src/lib/agents/reading-aside.js";
import { newFolder, Stored } from "./homes.js";

const FILES = 28;
/** Of all together, more than one thread reads by itself; of a fourth of them, less. */
const TEXT = "What was thought of the code, before it was changed.\n".repeat(40_000);

const lineOf = (file: number, number: number, input: number): string =>
  JSON.stringify({
    type: "assistant",
    timestamp: `2026-11-${String(1 + (file % 28)).padStart(2, "0")}T10:${String(number).padStart(2, "0")}:00.000Z`,
    sessionId: `session-${file}`,
    // Every third session is a branch: it has the answers of the one before it.
    ...(file % 3 === 2 && { forkedFrom: { sessionId: `session-${file - 1}` } }),
    requestId: `request-${file % 3 === 2 ? file - 1 : file}-${number}`,
    cwd: `/home/ada/work/harbour-${file % 4}`,
    message: {
      id: `message-${file % 3 === 2 ? file - 1 : file}-${number}`,
      model: "claude-opus-5-5",
      usage: { input_tokens: input, output_tokens: 5 },
    },
  });

/** Lines of a file, with much that does not count; the last one still lacks its end. */
const grow = (home: string, file: number, round: number): void => {
  const folder = path.join(home, ".claude/projects/-home-ada");
  mkdirSync(folder, { recursive: true });
  const lines = [
    ...(round === 0 ? [] : [""]),
    lineOf(file, 2 * round, 10),
    JSON.stringify({ type: "user", message: TEXT }),
    ...(file === 5 ? ['{"input_tokens": cut'] : []),
    // A message goes on where the reading before stopped.
    lineOf(file, 2 * round + 1, 20 + round),
    lineOf(file, 2 * round + 1, 25 + round),
    lineOf(file, 2 * round + 1, 30 + round),
  ];
  appendFileSync(path.join(folder, `${file}.jsonl`), lines.join("\n"));
};

test("two threads read what one reads, from the beginning and from where they stopped", async () => {
  let threads = 0;
  const count = (): void => {
    threads++;
  };
  process.on("worker", count);
  try {
    const [atOnce, inParts] = [newFolder(), newFolder()];
    const [whole, parts] = [new Stored(), new Stored()];
    for (const round of [0, 1]) {
      for (let file = 0; file < FILES; file++) grow(atOnce, file, round);
      const { agents } = await whole.scan(atOnce, ["claude-code"]);
      expect(agents[0]?.problems.map(({ line, says }) => [line, says])).toEqual([
        [round === 0 ? 3 : 9, "A line is not JSON. It was passed over."],
      ]);
      expect(threads).toBe(round + 1);
      for (let file = 0; file < FILES; file++) {
        grow(inParts, file, round);
        if (file % 7 === 6) await parts.scan(inParts, ["claude-code"]);
      }
      expect(threads).toBe(round + 1);
      expect(whole.list()).toEqual(parts.list());
      expect(keptOf(whole)).toEqual(keptOf(parts));
    }
    expect(whole.calls.size).toBe(4 * (FILES - Math.floor(FILES / 3)));
  } finally {
    process.off("worker", count);
  }
});

/** What is kept of each file, but for when it was written. */
const keptOf = ({ state }: Stored) =>
  [...(state.agents.get("claude-code")?.files ?? [])]
    .map(([file, { size, offset, hash, carry }]) => [path.basename(file), size, offset, hash, carry] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));

test.each([
  [new Error("of its own"), [{ file: "/a/log", says: "It could not be read (damaged)." }]],
  [Object.assign(new Error("of a parent"), { code: "ENOENT", syscall: "open" }), []],
])("a log of the other thread that fails is a problem of that log: %s", (error, problems) => {
  const file = { path: "/a/log", root: "/a", name: "log", kind: "lines" } as const;
  const value = (): never => {
    throw error;
  };
  const sifted = { place: 0, goesOn: false, values: "[1]", whole: 1, problems: [] };
  const reader = { open: () => ({ value }), end: () => undefined };
  expect(useSifted(reader, { file, known: undefined }, sifted)).toEqual({ problems });
});
