/** A string, or a sign that orders values, in JSON that is known to be right. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * A key that an object of some JSON has twice: the parser would keep the last one in silence. Null if there is none.
 * @param value what the parser has made of the text
 */
export const repeatedKey = (text: string, value: unknown): string | null =>
  isAsWritten(text, value) ? null : firstRepeated(text);

/** So it is if this program wrote the text: nothing was lost. */
const isAsWritten = (text: string, value: unknown): boolean => {
  try {
    return JSON.stringify(value) === text.trim();
  } catch {
    // It is nested more deeply than can be written.
    return false;
  }
};

const firstRepeated = (text: string): string | null => {
  const open: (Set<string> | null)[] = [];
  let last = "";
  for (const [token] of text.matchAll(TOKEN)) {
    const keys = open.at(-1);
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token.startsWith('"') && keys && last !== ":") {
      const key = JSON.parse(token) as string;
      if (keys.has(key)) return key;
      keys.add(key);
    }
    last = token;
  }
  return null;
};
