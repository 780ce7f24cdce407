import { inspect } from "node:util";

/** A secret in memory. Printed by mistake, or turned into JSON, it reads “[hidden]”. */
export class Hidden {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Only for a request, or for its encryption. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

const HIDDEN = "[hidden]";
