import { styleText } from "node:util";

export type Tint = Parameters<typeof styleText>[0];

/** A text in a colour, or as it is where `color` is false. The caller decides: no environment is read here. */
export const tinted = (text: string, tint: Tint, color: boolean): string =>
  color && text !== "" ? styleText(tint, text, { validateStream: false }) : text;
