import { release } from "node:os";
import { packageInfo } from "../lib/system/package-root.js";

/** Answers `--version` as the command framework would. @returns false if the framework must do it */
export const answer = (): boolean => {
  // The framework has its own name for Linux on Windows.
  if (/microsoft/i.test(release())) return false;
  const { name, version } = packageInfo();
  const arch = process.arch === "ia32" ? "x86" : process.arch;
  process.stdout.write(`${name}/${version} ${process.platform}-${arch} node-${process.version}\n`);
  return true;
};
