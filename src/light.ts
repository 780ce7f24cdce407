import { release } from "node:os";
import { packageInfo } from "./lib/package-root.js";

/**
 * Answers what must be answered at once, without the command framework, but as it would: `--version`, and `prompt` and
 * `today` with no more than a format. What else is typed, or goes wrong, is for the framework.
 */
export const main = async (argv: string[]): Promise<void> => {
  if (argv[0] === "--version" ? sayVersion() : await sayToday(argv)) return;
  await (await import("./main.js")).main(argv);
};

const sayVersion = (): boolean => {
  // The framework tells Linux on Windows apart in a way of its own.
  if (/microsoft/i.test(release())) return false;
  const { name, version } = packageInfo();
  const arch = process.arch === "ia32" ? "x86" : process.arch;
  process.stdout.write(`${name}/${version} ${process.platform}-${arch} node-${process.version}\n`);
  return true;
};

const sayToday = async (argv: readonly string[]): Promise<boolean> => {
  const { quickAnswer, startRefresh } = await import("./lib/today/quick-answer.js");
  const answer = quickAnswer(argv);
  if (answer === null) return false;
  if (answer.line !== null) process.stdout.write(`${answer.line}\n`);
  if (answer.refresh !== null) await startRefresh(answer.refresh);
  return true;
};
