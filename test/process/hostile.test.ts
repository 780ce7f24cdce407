import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorOf, fileIn, type Home, newHome, sharedHome, start } from "../support/cli.js";

const MB = 1024 * 1024;
const HEADER = "generation_id,created_at,cost_total";
const ACTIVITY = `${HEADER}\ngen-1,2026-11-05 14:30:00.000,0.01\n`;

/** What no import may take, in MB. */
const MOST_MEMORY = 350;

/** The most memory that a process of Linux has had so far, in MB. */
const memoryOf = ({ pid }: ChildProcess): number => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
};

/** Imports a file, and looks every now and then how much memory that takes. @param feed what writes into its input */
const importing = async (file: string, home: Home, feed?: (input: NodeJS.WritableStream) => void) => {
  const { child, outcome } = start(["import", file, "--json"], home, feed && { input: null });
  feed?.(child.stdin!);
  let memory = 0;
  const looking = setInterval(() => {
    if (child.exitCode === null) memory = Math.max(memory, memoryOf(child));
  }, 20);
  const ended = await outcome.finally(() => clearInterval(looking));
  const { code, message } = errorOf(ended);
  expect(memory).toBeGreaterThan(20);
  expect(memory).toBeLessThan(MOST_MEMORY);
  return { exit: ended.exit, code, message: message.replaceAll(`${home.folder}/`, "") };
};

/** A file of 2 GB that takes no room: after its beginning there is a hole. */
const vast = (home: Home, name: string, beginning: string): string => {
  const file = fileIn(home, name, beginning);
  truncateSync(file, 2048 * MB);
  return file;
};

/** A file of many pieces that are alike. */
const repeated = (home: Home, name: string, piece: string, times: number): string => {
  const file = fileIn(home, name, HEADER);
  const descriptor = openSync(file, "a");
  for (let time = 0; time < times; time++) writeSync(descriptor, piece);
  closeSync(descriptor);
  return file;
};

/** Writes for as long as somebody reads. */
const endless = (piece: string) => (input: NodeJS.WritableStream) => {
  const more = () => {
    while (input.writable && input.write(piece));
  };
  input.on("drain", more);
  more();
};

describe("a file that nobody should send", () => {
  // No import here gets as far as the database, but for opening it.
  const home = sharedHome();

  it.each([
    ["2 GB in one line", () => vast(home, "a.csv", ACTIVITY + "x"), "file_binary"],
    ["2 GB of text in one line", () => repeated(home, "b.csv", "x".repeat(MB), 48), "csv_line_too_long"],
    [
      "a quote that is never closed",
      () => repeated(home, "c.csv", `\n"${"x\n".repeat(MB)}`, 24),
      "csv_unclosed_quote",
    ],
    [
      "a header of a million columns",
      () => fileIn(home, "d.csv", "a,".repeat(520_000)),
      "csv_too_many_columns",
    ],
    [
      "a million tiny columns in quotes",
      () => repeated(home, "e.csv", `\n${'"",'.repeat(340_000)}`, 20),
      "csv_too_many_columns",
    ],
    [
      "rows of a million columns",
      () => repeated(home, "f.csv", `\n${",".repeat(1_000_000)}`, 20),
      "csv_too_many_columns",
    ],
    ["three million empty lines", () => repeated(home, "g.csv", "\n".repeat(MB), 3), "csv_no_rows"],
    [
      "nothing but rows that are refused",
      () => repeated(home, "h.csv", `\n${"gen-1,never,0.01\n".repeat(60_000)}`, 20),
      "rows_rejected",
    ],
  ])("is refused within bounds: %s", async (_, file, code) => {
    const { exit, ...error } = await importing(file(), home);
    expect({ exit, code: error.code }).toEqual({ exit: 4, code });
    if (code === "rows_rejected")
      expect(error.message).toBe("At least 10000 rows are refused, so nothing was imported.");
  });
});

describe("what comes without an end", () => {
  it("is refused on standard input after 32 MB of one line", async () => {
    expect(await importing("-", newHome(), endless("x".repeat(MB)))).toEqual({
      exit: 4,
      code: "csv_line_too_long",
      message: "A line of - is longer than 32 MB.",
    });
  });

  it("is refused on standard input by its first bytes", async () => {
    const feed = (input: NodeJS.WritableStream) => {
      input.write(Buffer.from("\xfd7zXZ\0", "latin1"));
      endless("x".repeat(MB))(input);
    };
    expect(await importing("-", newHome(), feed)).toMatchObject({ exit: 4, code: "file_archive" });
  });

  it("is refused from a named pipe", async () => {
    const home = newHome();
    const pipe = `${home.folder}/pipe`;
    await once(spawn("mkfifo", [pipe]), "close");
    const writer = spawn("sh", ["-c", `yes | tr -d '\\n' > '${pipe}'`], { stdio: "ignore" });
    const closed = once(writer, "close");
    expect(await importing(pipe, home)).toMatchObject({ exit: 4, code: "csv_line_too_long" });
    await closed;
  });
});
