import { type Row, RowProblem } from "../csv/format.js";
import { isObject } from "../system/json.js";

type JsonObject = Readonly<Record<string, unknown>>;

/** The object in a cell of JSON; empty for an empty cell. @throws RowProblem */
export const jsonIn = (row: Row, column: string): JsonObject => {
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
export const numberAt = (object: JsonObject, path: readonly string[]): number | null => {
  const value = valueAt(object, path);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
};

/** A text in an object; null if it is not there or empty. */
export const textAt = (object: JsonObject, path: readonly string[]): string | null => {
  const value = valueAt(object, path);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
};

const valueAt = (object: JsonObject, path: readonly string[]): unknown => {
  let value: unknown = object;
  for (const name of path) value = isObject(value) ? value[name] : undefined;
  return value;
};
