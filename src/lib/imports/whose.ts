import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { ImportResult } from "../store/read-model/known-files.js";
import type { Store } from "../store/store.js";
import { type Question, refusedBy } from "../terminal/prompt.js";
import { parseAccount } from "./settings.js";

/** An import that may be of another account than it counts for. */
export interface InDoubt {
  result: ImportResult;
  /** Its import. */
  id: string;
  /** The account that the user named last for such a file; null if none. */
  before: string | null;
}

/** What contradicts other files of its days: it shows less than they do, or none of their rows. */
const contradicts = ({ facts }: ImportResult): boolean =>
  facts.lower !== undefined || facts.beside !== undefined;

/**
 * Those of some new imports whose account the user may have to name, and whose files can be read once more.
 * @param open opens the store, if there are any
 */
export const importsInDoubt = async (
  open: () => Promise<Store>,
  results: readonly ImportResult[],
): Promise<InDoubt[]> => {
  const doubtful = results.flatMap((result) =>
    result.id !== null && contradicts(result) && existsSync(result.source) ? [{ result, id: result.id }] : [],
  );
  if (doubtful.length === 0) return [];
  const { imports } = await (await open()).call("list_imports", { max_rows: 1000 });
  const named = ({ format_id }: ImportResult): string | null =>
    imports.find(({ format, account }) => format === format_id && account !== null)?.account ?? null;
  return doubtful.map(({ result, id }) => ({ result, id, before: named(result) }));
};

const SAME = "same";
const REPLACE = "replace";
const BEFORE = "before";
const OTHER = "other";

/** Asks whose an import is. It offers the last answer, and never takes it by itself. */
const whoseQuestion = ({ result, before }: InDoubt): Question => ({
  name: "whose",
  message: `Whose is ${basename(result.source)}?`,
  choices: [
    { name: "The same account as other files of its days: leave it as it is", value: SAME },
    { name: "The same account, and this file is right: count it instead of them", value: REPLACE },
    ...(before === null ? [] : [{ name: `${before}, as the last one that you named`, value: BEFORE }]),
    { name: "Another account", value: OTHER },
  ],
});

const ACCOUNT_QUESTION: Question = {
  name: "account",
  message: "Name of the account:",
  check: refusedBy(parseAccount),
};

/**
 * How the file is to be imported again, as the user chose.
 * @param ask puts a question, and closes the store meanwhile
 * @returns null if the import stays as it is
 */
export const askWhose = async (
  inDoubt: InDoubt,
  ask: (questions: readonly Question[]) => Promise<Record<string, string>>,
): Promise<{ account: string } | { replace: true } | null> => {
  const { whose } = await ask([whoseQuestion(inDoubt)]);
  if (whose === SAME) return null;
  if (whose === REPLACE) return { replace: true };
  if (whose === BEFORE && inDoubt.before !== null) return { account: inDoubt.before };
  const { account = "" } = await ask([ACCOUNT_QUESTION]);
  return { account };
};
