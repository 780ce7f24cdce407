import { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { ReadStream, WriteStream } from "node:tty";

/** A terminal that was told so marks what is pasted: xterm's “bracketed paste mode”, which all common ones know. */
const PASTES_MARKED = "\u001b[?2004h";
const PASTES_PLAIN = "\u001b[?2004l";
const PASTE_START = "\u001b[200~";
const PASTE_END = "\u001b[201~";

/** Nobody types as much at once: a terminal that does not mark pastes was given one. */
const MOST_TYPED = 256;

const CTRL_C = "\u0003";
const BACKSPACES = /[\b\u007f]/g;
/** Ctrl+U and Ctrl+W, which remove any number of characters. */
const REMOVAL = /[\u0015\u0017]/;

/**
 * The keyboard, for one question. `readline` makes a key of every character of a paste, and a question is drawn again at
 * each key: ten thousand characters never come to an end. Here a paste is one key. It answers nothing by itself, as line
 * breaks in it are spaces, and what is beyond the longest answer is not kept. Ctrl+C counts wherever it stands.
 */
export class Keyboard extends Readable {
  readonly #terminal: ReadStream;
  readonly #screen: WriteStream;
  readonly #decoder = new StringDecoder("utf8");
  readonly #longest: number;
  readonly #ended: () => void;
  /** How many characters the answer can still take. */
  #room: number;
  /** What was pasted until now; null if nothing is being pasted. */
  #paste: string | null = null;
  /** What may be the first part of a mark. */
  #rest = "";
  #paused = false;

  /** @param longest characters of an answer that are kept @param ended called when the terminal gives no more keys */
  constructor(terminal: ReadStream, screen: WriteStream, longest: number, ended: () => void) {
    super();
    this.#terminal = terminal;
    this.#screen = screen;
    this.#longest = longest;
    this.#room = longest;
    this.#ended = ended;
  }

  setRawMode(raw: boolean): this {
    this.#terminal.setRawMode(raw);
    this.#screen.write(raw ? PASTES_MARKED : PASTES_PLAIN);
    // `readline` pauses it when it closes (raw mode is left then), and when the process goes on after Ctrl+Z.
    if (this.#paused && raw) this.resume();
    else if (this.#paused) this.#ended();
    return this;
  }

  override resume(): this {
    this.#deafen();
    this.#paused = false;
    this.#terminal.on("data", this.#onData).on("end", this.#onEnd).on("error", this.#onEnd).resume();
    return this;
  }

  override pause(): this {
    this.#deafen();
    this.#paused = true;
    this.#terminal.pause();
    return this;
  }

  readonly #onData = (chunk: Buffer | string): void => this.#take(this.#decoder.write(chunk));

  readonly #onEnd = (): void => {
    // A terminal that is gone cannot leave raw mode, either.
    this.#terminal.on("error", () => undefined);
    this.#ended();
  };

  #deafen(): void {
    this.#terminal.off("data", this.#onData).off("end", this.#onEnd).off("error", this.#onEnd);
  }

  #take(chunk: string): void {
    if (chunk.includes(CTRL_C)) {
      // Not as data: after an Escape, `readline` would take it for another key.
      this.#press(CTRL_C, { name: "c", ctrl: true });
      return;
    }
    let text = this.#rest + chunk;
    this.#rest = "";
    while (text !== "") {
      const mark = this.#paste === null ? PASTE_START : PASTE_END;
      const at = text.indexOf(mark);
      const end = at === -1 ? text.length - beginningOf(mark, text) : at;
      if (this.#paste === null) this.#keys(text.slice(0, end));
      else this.#paste = (this.#paste + text.slice(0, end)).slice(0, this.#longest);
      if (at === -1) {
        this.#rest = text.slice(end);
        return;
      }
      if (this.#paste === null) this.#paste = "";
      else {
        this.#pasted(this.#paste);
        this.#paste = null;
      }
      text = text.slice(at + mark.length);
    }
  }

  #keys(text: string): void {
    if (text.length > MOST_TYPED) {
      const line = text.replace(/\r\n?$|\n$/, "");
      this.#pasted(line);
      // A long answer and Enter.
      if (line !== text && !/[\r\n]/.test(line)) this.emit("data", "\r");
      return;
    }
    if (REMOVAL.test(text)) this.#room = this.#longest;
    this.#room += text.match(BACKSPACES)?.length ?? 0;
    // Keys such as arrows are several characters that must stay together.
    const kept = text.includes("\u001b") ? text : text.replace(/\P{Cc}+/gu, (run) => this.#fitting(run));
    if (kept !== "") this.emit("data", kept);
  }

  #pasted(text: string): void {
    const line = this.#fitting(text.replace(/[\r\n]+$/, "").replace(/\p{Cc}+/gu, " "));
    if (line !== "") this.#press(line);
  }

  /** One key, as `readline` tells of it. */
  #press(sequence: string, key: { name?: string; ctrl?: boolean } = {}): void {
    this.emit("keypress", sequence, { sequence, ctrl: false, meta: false, shift: false, ...key });
  }

  /** @returns as much of a text as the answer can still take */
  #fitting(text: string): string {
    const kept = text.slice(0, Math.max(this.#room, 0));
    this.#room -= kept.length;
    return kept;
  }
}

/** How many characters at the end of a text may be the beginning of a mark; the Escape key is one character, and no mark. */
const beginningOf = (mark: string, text: string): number => {
  const least = mark === PASTE_END ? 1 : 2;
  const lengths = Array.from({ length: mark.length - least }, (_, index) => mark.length - 1 - index);
  return lengths.find((length) => text.endsWith(mark.slice(0, length))) ?? 0;
};
