import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");

/**
 * Writes a file of the project that a script makes. With --check it writes nothing, and the script fails if the file
 * differs.
 * @param command what writes it
 */
export const madeFile = (name, text, command) => {
  const file = path.join(root, name);
  if (!process.argv.includes("--check")) {
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    console.error(`${name} is out of date. Write it again with: ${command}`);
    process.exitCode = 1;
  }
};
