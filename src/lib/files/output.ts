import { statSync } from "node:fs";
import { once } from "node:events";
import { UserError, whyUnwritable } from "../errors.js";
import { clean } from "../terminal/clean.js";
import { realTarget, type WriteErrors, WrittenFile } from "./written-file.js";

export interface Output {
  write(text: string): Promise<void>;
  /** Ends it; a file is in its place only now. */
  keep(): void;
  discard(): void;
  /** What is left when it is stopped, as a sentence. */
  readonly remains: string;
}

/** It is written no faster than it is read. */
export const standardOutput: Output = {
  async write(text) {
    // A file or another program gets what it is; a terminal nothing that controls it.
    const written = process.stdout.isTTY ? clean(text, false) : text;
    if (!process.stdout.write(written)) await once(process.stdout, "drain");
  },
  keep() {},
  discard() {},
  remains: "What was written is incomplete.",
};

export interface FileOptions {
  force: boolean;
  /** How a file is named to the command, for hints: “--output aicost.ndjson”. */
  example: string;
}

/**
 * Only its owner can read it. An older file is whole until the new one is; a device or a pipe is written to as it is.
 * @throws UserError `output_exists`, `output_unwritable`
 */
export const fileOutput = (path: string, { force, example }: FileOptions): Output => {
  const errors = writeErrors(path, example);
  const target = realTarget(path, errors);
  if (!force && statSync(target, { throwIfNoEntry: false })?.isFile()) {
    throw new UserError(
      "output_exists",
      `The file ${path} already exists.`,
      "Name another one, or replace it with --force",
    );
  }
  return new FileOutput(new WrittenFile(target, errors));
};

class FileOutput implements Output {
  readonly remains = "Nothing was written.";

  constructor(private readonly file: WrittenFile) {}

  write(text: string): Promise<void> {
    this.file.write(text);
    return Promise.resolve();
  }

  keep(): void {
    this.file.keep();
  }

  discard(): void {
    this.file.discard();
  }
}

const writeErrors = (path: string, example: string): WriteErrors => ({
  unwritable: (code) =>
    new UserError(
      "output_unwritable",
      `The file ${path} cannot be written: ${whyUnwritable(code)}.`,
      `Name another file, for example: ${example}`,
    ),
  full: (code, cause) =>
    new UserError("output_unwritable", `Cannot write to ${path} (${code}).`, "Name a file on another disk.", {
      cause,
    }),
});
