import { UserError } from "../errors.js";
import { fold } from "./fold.js";

/** Rows whose cell of a column is this, compared trimmed and without case. */
export interface Condition {
  column: string;
  value: string;
}

/** Which rows of a file count: those that meet a condition of each column in `only`, and none in `except`. */
export interface RowFilter {
  only: readonly Condition[];
  except: readonly Condition[];
}

const CONDITION = /^\s*(?:"((?:[^"]|"")*)"|([^="]*?))\s*=(.*)$/s;

/**
 * Reads what `--only` and `--except` take: `MeterCategory=Cognitive Services`, or `"A=B"=value`.
 * @param flag that of the message @throws UserError `bad_condition`
 */
export const parseCondition = (flag: string, text: string): Condition => {
  const [, quoted, bare, value = ""] = CONDITION.exec(text) ?? [];
  const column = (quoted?.replaceAll('""', '"') ?? bare ?? "").trim();
  if (column !== "") return { column, value: value.trim() };
  throw new UserError(
    "bad_condition",
    `“${text}” after ${flag} is not COLUMN=VALUE.`,
    `Write it like ${flag} 'Service=OpenAI'. An empty value stands for empty cells.`,
  );
};

/** The columns that a filter asks. */
export const columnsOfFilter = ({ only, except }: RowFilter): string[] =>
  [...only, ...except].map(({ column }) => column);

/** Whether a row counts. @param cell the trimmed cell of a column, empty if there is none */
export type Selects = (cell: (column: string) => string) => boolean;

/** A filter made ready for many rows. */
export const selecting = ({ only, except }: RowFilter): Selects => {
  const columns = [...new Set(only.map(({ column }) => fold(column)))];
  const groups = columns.map((name) => only.filter(({ column }) => fold(column) === name));
  const meets = (cell: (column: string) => string, { column, value }: Condition): boolean =>
    fold(cell(column)) === fold(value);
  return (cell) =>
    groups.every((group) => group.some((condition) => meets(cell, condition))) &&
    !except.some((condition) => meets(cell, condition));
};

/** As it enters the reading of a file, and as flags write it. */
export const filterText = ({ only, except }: RowFilter): string =>
  [
    ...only.map(({ column, value }) => `only ${JSON.stringify([fold(column), fold(value)])}`),
    ...except.map(({ column, value }) => `except ${JSON.stringify([fold(column), fold(value)])}`),
  ]
    .sort()
    .join(" ");
