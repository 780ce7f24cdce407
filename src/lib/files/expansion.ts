import { UserError } from "../errors.js";

/** Exports pack to a tenth or less, a bomb to a thousandth. */
export const MOST_TIMES = 100;
/** So much may be unpacked from a file of any size. */
const FREE_BYTES = 16 * 1024 * 1024;

/** Watches that a packed file does not unpack without end. */
export class Expansion {
  #bytes = 0;

  /** @param refusal what to throw if it does */
  constructor(private readonly refusal: UserError) {}

  /** @param packed how many packed bytes there are for all that was unpacked @throws the refusal */
  add(bytes: number, packed: number): void {
    this.#bytes += bytes;
    if (this.#bytes > FREE_BYTES + MOST_TIMES * packed) throw this.refusal;
  }
}

/** That of an export. */
export const tooDense = (name: string): UserError =>
  new UserError(
    "file_too_dense",
    `${name} unpacks to more than ${MOST_TIMES} times its size, which no export does.`,
    "If you trust it, unpack it first, and import the CSV files.",
  );

/** @param why completes a sentence about the file */
export const damaged = (name: string, why: string): UserError =>
  new UserError(
    "file_damaged",
    `The packed file ${name} cannot be unpacked: ${why.replace(/\.$/, "")}.`,
    "The download may have been cut off: download it again.",
  );
