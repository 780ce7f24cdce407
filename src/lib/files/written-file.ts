import { systemCode, type UserError } from "../errors.js";
import { WholeFile } from "../system/whole-file.js";

export interface WriteErrors {
  unwritable: (code: string | undefined) => UserError;
  /** The file was opened, but takes no more. */
  full: (code: string, cause: unknown) => UserError;
}

/** A file that a user has asked for: an older one is whole until the new one is. */
export class WrittenFile {
  readonly #errors: WriteErrors;
  readonly #file: WholeFile;

  /** @throws what `errors` say, as do `write` and `keep` */
  constructor(target: string, errors: WriteErrors) {
    this.#errors = errors;
    try {
      this.#file = new WholeFile(target);
    } catch (error) {
      throw errors.unwritable(systemCode(error));
    }
  }

  write(text: string): void {
    this.#orFull(() => this.#file.write(text));
  }

  keep(): void {
    this.#orFull(() => this.#file.keep());
  }

  discard(): void {
    this.#file.discard();
  }

  #orFull(work: () => void): void {
    try {
      work();
    } catch (error) {
      const code = systemCode(error);
      throw code === undefined ? error : this.#errors.full(code, error);
    }
  }
}
