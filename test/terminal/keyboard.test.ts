import { createInterface, type Interface } from "node:readline";
import { PassThrough, type Readable } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { expect, it } from "vitest";
import { Keyboard } from "../../src/lib/terminal/keyboard.js";

const START = "\u001b[200~";
const END = "\u001b[201~";

interface Desk {
  type: (...chunks: (string | Buffer)[]) => void;
  line: Interface;
  /** How often a key was told of, each of which draws a question again. */
  keys: () => number;
  events: string[];
  screen: () => string;
}

/** A line that is typed at a keyboard, whose terminal gives the chunks that a test types. */
const desk = (longest = 1000): Desk => {
  const events: string[] = [];
  const terminal = Object.assign(new PassThrough(), { setRawMode: () => undefined });
  const output = new PassThrough();
  const keyboard = new Keyboard(
    terminal as unknown as ReadStream,
    output as unknown as WriteStream,
    longest,
    () => void events.push("ended"),
  );
  const screen = new PassThrough();
  const line = createInterface({ input: keyboard as Readable, output: screen.resume(), terminal: true });
  line.on("SIGINT", () => events.push("SIGINT")).on("line", (text) => events.push(`line ${text}`));
  let keys = 0;
  keyboard.on("keypress", () => keys++);
  return {
    type: (...chunks) => chunks.forEach((chunk) => terminal.emit("data", Buffer.from(chunk))),
    line,
    keys: () => keys,
    events,
    screen: () => String(output.read() ?? ""),
  };
};

it("keys are keys: letters, Backspace, arrows, Enter", () => {
  const { type, line, events } = desk();
  type("a", "b", "c", "\u007f", "\u001b[D", "x", "\u0015");
  expect(line.line).toBe("b");
  type("é", "\r");
  expect(events).toEqual(["line éb"]);
});

it("a character that comes in two chunks is one", () => {
  const { type, line } = desk();
  const [first, second] = [Buffer.from("é").subarray(0, 1), Buffer.from("é").subarray(1)];
  type(first, second);
  expect(line.line).toBe("é");
});

it.each([1, 2, 3, 5, 7, 4095])(
  "a paste in chunks of %i is one key, and answers nothing by itself",
  (size) => {
    const { type, line, keys, events } = desk();
    const sent = `${START}one\r\ntwo\tthree\u001b[31m\r\n${END}`;
    // The terminal's first bytes come together, or Escape would have been typed.
    const first = Math.max(size, 2);
    const chunks = sent.slice(first).match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    type(sent.slice(0, first), ...chunks);
    expect([line.line, keys(), events]).toEqual(["one two three [31m", 1, []]);
    type("!");
    expect(line.line).toBe("one two three [31m!");
  },
);

it("what is beyond the longest answer is not kept, however it comes", () => {
  const text = "x".repeat(100_000);
  for (const chunks of [[`${START}${text}${END}`], [text], text.match(/.{100}/g)!, text.match(/.{4095}/g)!]) {
    const { type, line, keys } = desk(50);
    type(...chunks);
    expect([line.line.length, keys() <= 50]).toEqual([50, true]);
    type("\u007f\u007f", "yz!");
    expect(line.line.slice(-3)).toBe("xyz");
    type("\u0015", `${START}again${END}`);
    expect(line.line).toBe("again");
  }
});

it("a long chunk without marks is a paste; one line that ends is an answer", () => {
  const answer = "k".repeat(400);
  const one = desk();
  one.type(`${answer}\r`);
  expect(one.events).toEqual([`line ${answer}`]);
  const many = desk();
  many.type(`${answer}\ry\ry\r`);
  expect([many.events, many.line.line]).toEqual([[], `${answer} y y`]);
});

it("Ctrl+C counts at once: after Escape, within a paste, and if the end of a paste never comes", () => {
  for (const chunks of [
    ["\u001b", "\u0003"],
    [`${START}some\u0003thing${END}`],
    [`${START}${"x".repeat(5000)}`, "more", "\u0003"],
  ]) {
    const { type, events } = desk();
    type(...chunks);
    expect(events).toEqual(["SIGINT"]);
  }
});

it("Ctrl+D at an empty line ends it, and the terminal is as it was", () => {
  const { type, events, screen } = desk();
  expect(screen()).toBe("\u001b[?2004h");
  type("\u0004");
  expect([events, screen()]).toEqual([["ended"], "\u001b[?2004l"]);
});
