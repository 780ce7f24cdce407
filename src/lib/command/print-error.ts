import { styleText } from "node:util";
import { bug, ofDisk, UserError } from "../errors.js";
import { holdsSecret } from "../record/secret-form.js";
import { redacted } from "../secrets/redact.js";
import { fitted } from "../render/text.js";
import { clean, cleanJson } from "../terminal/clean.js";
import { type Used, usageError } from "./usage-errors.js";

/** Warns on stderr about a key that was passed as an argument, where all users of the machine could see it. */
export const tellOfKeys = (argv: readonly string[]): void => {
  if (!argv.some(holdsSecret)) return;
  writeError(
    "You passed a key as an argument: other users of this machine may have seen it, and your shell history has it. Replace it at its provider, and enter the new one at the prompt or with --key-stdin.",
  );
};

/**
 * In words on stderr; for a script as JSON on stdout, too: if a program that reads that says nothing of it, the words
 * still do. Sets the exit code.
 */
export const printError = (error: UserError, asJson: boolean): void => {
  const { code, details, exit } = error;
  // What was typed or answered may hold a key, wherever it stands.
  const message = redacted(error.message);
  const hint = error.hint && redacted(error.hint);
  process.exitCode = exit;
  // After Ctrl+C at a question there is nothing to explain.
  if (message === "") return;
  if (asJson) {
    process.stdout.write(
      `${cleanJson(JSON.stringify({ error: { code, message, hint: hint ?? null, ...details } }, null, 2))}\n`,
    );
  }
  const isError = code !== "interrupted";
  const lines = [isError ? `${LABEL} ${message}` : message, ...(hint ? [indent(hint)] : [])].join("\n");
  const text = inStream(clean(lines, false), process.stderr);
  writeError(isError ? text.replace(LABEL, tintedLabel()) : text);
};

/** A terminal would break a line within a word. Others, such as logs, have lines of any length. */
export const inStream = (text: string, { isTTY, columns }: NodeJS.WriteStream): string =>
  isTTY && columns ? fitted(text, columns) : text;

/** Only what is clean may go there. */
export const writeError = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const LABEL = "Error:";

const tintedLabel = (): string =>
  hasColor(process.stderr) ? styleText("red", LABEL, { validateStream: false }) : LABEL;

export const hasColor = (stream: NodeJS.WriteStream): boolean => {
  if (process.env["NO_COLOR"]) return false;
  return Boolean(process.env["FORCE_COLOR"]) || (stream.isTTY && process.env["TERM"] !== "dumb");
};

const indent = (text: string): string => text.replaceAll(/^/gm, "  ");

/** Errors of the command framework are wrong usage, those of a disk are told; all others are bugs, and say so. */
export const asUserError = (thrown: unknown, used: Used): UserError => {
  if (thrown instanceof UserError) return thrown;
  const isOfFramework = thrown instanceof Error && "oclif" in thrown;
  return isOfFramework ? usageError(thrown, used) : (ofDisk(thrown) ?? bug(thrown));
};
