import { statSync } from "node:fs";
import { type CsvInput, readBytes, readText } from "../csv/decode.js";
import { UserError } from "../errors.js";
import { startsZip, unzip } from "../files/zip.js";

/** Eight times what the bank's whole history has. */
export const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The text of a rate file, CSV or ZIP.
 * @param name what messages call the file
 * @throws UserError `rates_unreadable`, and what `readText` and `unzip` throw
 */
export const textOfRates = async (path: string, name = path): Promise<string> => {
  const input: CsvInput = { path, name };
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MOST_BYTES) throw tooLarge(name);
  for await (const start of readBytes(input)) {
    if (startsZip(start)) return textInZip(input, size);
    break;
  }
  return textOf(input, readBytes(input));
};

const textInZip = async ({ path, name: zip }: CsvInput, size: number): Promise<string> => {
  const texts: string[] = [];
  await unzip({ path, name: zip, size }, async ({ name, bytes }) => {
    texts.push(await textOf({ path, name }, bytes));
  });
  const [text, ...others] = texts;
  if (text !== undefined && others.length === 0) return text;
  throw new UserError(
    "rates_unreadable",
    `${zip} has ${texts.length} CSV files in it; a rate file of the European Central Bank has one.`,
    "Unpack it, and import the right one.",
  );
};

const textOf = async (input: CsvInput, bytes: AsyncIterable<Buffer>): Promise<string> => {
  const pieces: string[] = [];
  for await (const { text } of readText(input, bounded(input.name, bytes))) pieces.push(text);
  return pieces.join("");
};

async function* bounded(name: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const piece of bytes) {
    read += piece.length;
    if (read > MOST_BYTES) throw tooLarge(name);
    yield piece;
  }
}

const tooLarge = (name: string): UserError =>
  new UserError(
    "rates_unreadable",
    `${name} is larger than ${MOST_BYTES / 1024 / 1024} MB: no rate file of the European Central Bank is. Nothing was changed.`,
    "Download eurofxref-hist.zip again from https://www.ecb.europa.eu/stats/eurofxref, or run: aicost rates update",
  );
