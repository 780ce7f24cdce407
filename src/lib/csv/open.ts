import { UserError } from "../errors.js";
import type { CsvInput, Encoding } from "./decode.js";
import { detect, force, isKnown, type Detected } from "./detect.js";
import type { CsvFormat } from "./format.js";
import { headerCandidates, readHead, type Header } from "./header.js";
import { fold } from "./row.js";
import type { Delimiter } from "./split.js";

/** A file whose header and format are known. */
export interface CsvFile extends CsvInput {
  readonly format: CsvFormat;
  /**
   * How the file is read: two readings of the same bytes that may give other records differ here. Rates are not part of
   * it. At most 2,000 characters.
   */
  readonly reading: string;
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** Physical line number of the header. */
  readonly headerLine: number;
  /** The header as it stands in the file. */
  readonly headerText: string;
  /** Where the header starts in the decoded text. */
  readonly headerOffset: number;
  readonly columns: readonly string[];
  /** How many fields each row must have: those of the header, with empty names at its end included. */
  readonly width: number;
  /** Columns that the format does not know. */
  readonly ignoredColumns: readonly string[];
  /** How fine the file looks at its series (`DetailGauge`). Null until `readCsv` has been through the file. */
  detail: number | null;
  /**
   * The format's series and whose money the file holds, for example `openai/cost org-DemoOrg00001`; at most 300
   * characters. Null if the format has no series, and until `readCsv` has been through the file.
   */
  series: string | null;
}

export interface OpenOptions {
  /** Among which the format is looked for. */
  formats: readonly CsvFormat[];
  /** The id of the format that the user named, of `formats` or `saved`. */
  format?: string | undefined;
  /** Saved mappings, consulted only if no format matches. */
  saved?: readonly CsvFormat[];
}

/**
 * Finds the header and the format of a file, and reads no further.
 * @throws UserError `csv_duplicate_column`
 */
export const openCsv = async <Input extends CsvInput>(
  input: Input,
  options: OpenOptions,
): Promise<Input & CsvFile> => {
  const head = await readHead(input);
  const { header, format } = formatOf(input.name, headerCandidates(head, input.name), options);
  const known = new Set([...format.requires.flat(), ...format.knows].map(fold));
  refuseDuplicates(input.name, header, known);
  return {
    ...input,
    format,
    reading: format.reading ?? format.id,
    encoding: head.encoding,
    delimiter: header.delimiter,
    headerLine: header.line,
    headerText: header.text,
    headerOffset: header.offset,
    columns: header.columns,
    width: header.width,
    ignoredColumns: header.columns.filter((column) => column !== "" && !known.has(fold(column))),
    detail: null,
    series: null,
  };
};

const formatOf = (
  name: string,
  candidates: readonly Header[],
  { formats, format, saved = [] }: OpenOptions,
): Detected => {
  if (format !== undefined) return force(name, candidates, [...formats, ...saved], format);
  const useSaved = !isKnown(candidates, formats) && isKnown(candidates, saved);
  return detect(name, candidates, useSaved ? saved : formats);
};

const refuseDuplicates = (name: string, header: Header, known: ReadonlySet<string>): void => {
  const seen = new Set<string>();
  for (const column of header.columns) {
    const folded = fold(column);
    if (seen.has(folded) && known.has(folded)) {
      throw new UserError(
        "csv_duplicate_column",
        `The file ${name} has two columns “${column}” in line ${header.line}.`,
        "Remove or rename the one that does not count.",
      );
    }
    seen.add(folded);
  }
};
