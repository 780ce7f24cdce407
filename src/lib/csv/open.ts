import { UserError } from "../errors.js";
import type { CsvInput, Encoding } from "./decode.js";
import { detect, force, isKnown, type Detected } from "./detect.js";
import type { CsvFormat } from "./format.js";
import { headerCandidates, readHead, type Header } from "./header.js";
import { fold } from "./row.js";
import type { Delimiter } from "./split.js";

export interface CsvFile extends CsvInput {
  readonly format: CsvFormat;
  /** Differs if the same bytes may give other records. Rates are not part of it. At most 2,000 characters. */
  readonly reading: string;
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** Physical line number of the header. */
  readonly headerLine: number;
  readonly headerText: string;
  /** In the decoded text. */
  readonly headerOffset: number;
  readonly columns: readonly string[];
  /** How many fields each row must have: those of the header, with empty names at its end included. */
  readonly width: number;
  readonly ignoredColumns: readonly string[];
  /** How fine the file looks at its series (`DetailGauge`). Null until `readCsv` has been through the file. */
  detail: number | null;
  /** With whose money it is: `openai/cost org-DemoOrg00001`, at most 300 characters. Null until `readCsv` has ended. */
  series: string | null;
}

export interface OpenOptions {
  formats: readonly CsvFormat[];
  /** The id of the format that the user named, of `formats` or `saved`. */
  format?: string | undefined;
  /** Saved mappings, consulted only if no format matches. */
  saved?: readonly CsvFormat[];
}

/** Reads no further than the header. @throws UserError `csv_duplicate_column` */
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
