type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value, or an empty object in place of anything else. */
export const objectOr = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** What JSON text holds; undefined if it is not JSON. The parser's own error would show a piece of the text. */
export const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
