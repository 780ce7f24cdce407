import { readText } from "../csv/decode.js";
import { tableOfJson } from "../providers/json-exports.js";
import { jsonIn } from "../system/json.js";
import type { Source } from "./source.js";

/** Of any encoding, with or without a byte order mark. */
export const startsJson = ({ opened }: Source): boolean =>
  /^[\s\0\u00ef\u00bb\u00bf\u00fe\u00ff]*\{/.test(opened?.start.toString("latin1", 0, 100) ?? "");

/** JSON exports are sums of days. What is larger is something else, and is not read whole. */
const MOST_BYTES = 64 * 1024 * 1024;

/** @param agent see `JsonPlace.given` @returns null if it is not a known export @throws what `tableOfJson` and `readText` throw */
export const tableIn = async (file: Source, agent: string | undefined): Promise<string | null> => {
  if (file.size > MOST_BYTES) return null;
  let text = "";
  for await (const chunk of readText(file)) text += chunk.text;
  return tableOfJson(jsonIn(text), { name: file.name, given: agent });
};
