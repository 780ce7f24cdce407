import { release } from "node:os";
import { packageInfo } from "./lib/package-root.js";

/** Answers what must be answered at once, without the command framework, but as it would: `--version`. */
export const main = async (argv: string[]): Promise<void> => {
  // The framework tells Linux on Windows apart in a way of its own.
  if (/microsoft/i.test(release())) {
    await (await import("./main.js")).main(argv);
    return;
  }
  const { name, version } = packageInfo();
  const arch = process.arch === "ia32" ? "x86" : process.arch;
  process.stdout.write(`${name}/${version} ${process.platform}-${arch} node-${process.version}\n`);
};
