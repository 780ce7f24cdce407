import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { once } from "node:events";
import { systemCode, UserError, whyUnwritable } from "../errors.js";
import { clean } from "../terminal/clean.js";

/** Where an export goes. */
export interface Output {
  write(text: string): Promise<void>;
  /** Ends it; a file is in its place only now. */
  keep(): void;
  /** Leaves nothing of a file that was not kept. */
  discard(): void;
  /** What is left when it is stopped, as a sentence. */
  readonly remains: string;
}

/** Standard output, which is written no faster than it is read. */
export const standardOutput: Output = {
  async write(text) {
    // A file or another program gets what it is; a terminal nothing that controls it.
    const written = process.stdout.isTTY ? clean(text, false) : text;
    if (!process.stdout.write(written)) await once(process.stdout, "drain");
  },
  keep() {},
  discard() {},
  remains: "What was written is not the whole.",
};

export interface FileOptions {
  /** Replace a file that is there. */
  force: boolean;
  /** How a file is named to the command, for hints: “--output aicost.ndjson”. */
  example: string;
}

/**
 * A file that only its owner can read. It is written beside its place and moved there at the end, so that an older one
 * is whole until the new one is; a device or a pipe is written to as it is.
 * @throws UserError `output_exists`, `output_unwritable`
 */
export const fileOutput = (path: string, { force, example }: FileOptions): Output => {
  const target = existsSync(path) ? realpathSync(path) : path;
  const known = statSync(target, { throwIfNoEntry: false });
  if (known?.isDirectory()) throw unwritable(path, example, "EISDIR");
  if (known?.isFile() && !force) {
    throw new UserError(
      "output_exists",
      `The file ${path} is there already.`,
      "Name another one, or replace it with --force",
    );
  }
  const isFile = known === undefined || known.isFile();
  return new FileOutput(path, target, isFile ? `${target}.${process.pid}` : target, example);
};

class FileOutput implements Output {
  readonly remains = "Nothing was written.";
  readonly #descriptor: number;
  #isOpen = true;

  constructor(
    private readonly name: string,
    private readonly target: string,
    private readonly written: string,
    example: string,
  ) {
    try {
      this.#descriptor = openSync(written, "w", 0o600);
    } catch (error) {
      throw unwritable(name, example, systemCode(error));
    }
  }

  write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    this.#orFull(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
    });
    return Promise.resolve();
  }

  keep(): void {
    const isMoved = this.written !== this.target;
    this.#orFull(() => {
      if (isMoved) fsyncSync(this.#descriptor);
      this.#close();
      if (isMoved) renameSync(this.written, this.target);
    });
  }

  discard(): void {
    if (!this.#isOpen) return;
    this.#close();
    if (this.written !== this.target) rmSync(this.written, { force: true });
  }

  #close(): void {
    closeSync(this.#descriptor);
    this.#isOpen = false;
  }

  #orFull(work: () => void): void {
    try {
      work();
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      throw new UserError(
        "output_unwritable",
        `Nothing can be written to ${this.name} (${code}).`,
        "Name a file on another disk.",
        { cause: error },
      );
    }
  }
}

const unwritable = (path: string, example: string, code?: string) =>
  new UserError(
    "output_unwritable",
    `The file ${path} cannot be written: ${whyUnwritable(code)}.`,
    `Name another file, for example: ${example}`,
  );
