import { printable } from "./text.js";

/** A file's name without its folders; `standard input` for `-`. */
export const fileName = (source: string): string =>
  source === "-" ? "standard input" : printable(source.replace(/^.*[\\/](?=.)/s, ""));
