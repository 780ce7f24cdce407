import { UserError } from "../errors.js";

/**
 * What jq makes of an answer; texts are printed without quotes, as `jq -r` does. Numbers keep all their digits.
 * @param json the answer @param expression such as `.totals.cost_usd`
 * @throws UserError `bad_jq` with what jq says
 */
export const jq = async (json: string, expression: string): Promise<string> => {
  const { raw } = await import("jq-wasm");
  const { stdout, stderr, exitCode } = await raw(json, expression, ["-r"]);
  if (exitCode === 0) return stdout;
  throw new UserError(
    "bad_jq",
    `jq cannot apply “${expression}”: ${stderr.trim().replaceAll(/^jq: (?:error(?: \(at [^)]*\))?: )?/gm, "")}`,
    "See its manual: https://jqlang.org/manual",
  );
};

/** Before a command does anything: without input, jq only compiles. @throws UserError `bad_jq` */
export const checkJq = async (expression: string): Promise<void> => {
  await jq("", expression);
};

/** The expression of `--jq` among what was typed; null without one. */
export const jqExpression = (argv: readonly string[]): string | null => {
  const end = argv.indexOf("--");
  const words = end === -1 ? argv : argv.slice(0, end);
  const at = words.findIndex((word) => word === "--jq" || word.startsWith("--jq="));
  if (at === -1) return null;
  const word = words[at] ?? "";
  return word === "--jq" ? (words[at + 1] ?? null) : word.slice("--jq=".length);
};
