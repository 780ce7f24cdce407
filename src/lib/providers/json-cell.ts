import { type Row, RowProblem } from "../csv/format.js";
import { isObject } from "../system/json.js";

/** The object in a cell of JSON; empty for an empty cell. @throws RowProblem */
export const jsonIn = (row: Row, column: string): Readonly<Record<string, unknown>> => {
  const text = row.text(column);
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    throw new RowProblem(column, text, "is not JSON");
  }
};

/** A count in an object in objects; null if it is not there, or not a whole number of things. */
export const numberAt = (
  object: Readonly<Record<string, unknown>>,
  path: readonly string[],
): number | null => {
  let value: unknown = object;
  for (const name of path) value = isObject(value) ? value[name] : undefined;
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
};
