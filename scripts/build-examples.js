// Runs the console examples of the README and of docs/, and writes what they print. test/docs-examples.test.ts checks it.
import { readFileSync } from "node:fs";
import path from "node:path";
import { pages, withOutputs } from "./console-examples.js";
import { madeFile } from "./made-file.js";

const root = path.resolve(import.meta.dirname, "..");

for (const page of pages) {
  const text = readFileSync(path.join(root, page), "utf8");
  madeFile(page, withOutputs(page, text), "npm run docs");
}
