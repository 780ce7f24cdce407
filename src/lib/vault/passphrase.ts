import { UserError } from "../errors.js";
import { Hidden } from "../secrets/hidden.js";
import { ask, canAsk, firstLine } from "../terminal/prompt.js";

/** @param twice ask again: a slip would seal the export for ever. @throws `passphrase_missing`, `passphrases_differ` */
export const typedPassphrase = async (fromStdin: boolean, twice: boolean): Promise<Hidden> => {
  if (fromStdin) return new Hidden(await firstLine());
  if (!canAsk()) {
    throw new UserError(
      "passphrase_missing",
      "No passphrase was given, and there is no terminal to ask in.",
      "Pass it on standard input: --passphrase-stdin < passphrase.txt",
    );
  }
  const { first = "", second = first } = await ask([
    { name: "first", message: "Passphrase", hidden: true },
    ...(twice ? [{ name: "second", message: "Passphrase again", hidden: true }] : []),
  ]);
  if (first === second) return new Hidden(first);
  throw new UserError(
    "passphrases_differ",
    "The two passphrases are not the same.",
    "Run the command again.",
  );
};
