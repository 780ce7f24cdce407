import { styleText } from "node:util";

export type Tint = Parameters<typeof styleText>[0];

/** A text in a colour, or as it is if `color` is false. The caller decides: renderers read no environment. */
export const tinted = (text: string, tint: Tint, color: boolean): string =>
  color && text !== "" ? styleText(tint, text, { validateStream: false }) : text;
