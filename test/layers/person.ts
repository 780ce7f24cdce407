import path from "node:path";
import type { Import } from "../../src/lib/api.js";
import type { SpendReport } from "../../src/lib/reports/report.js";
import { fileIn, type Home, jsonOf, newHome, ROOT, runWords } from "../support/cli.js";
import { callsIn } from "../support/command-lines.js";

const FILES = path.join(ROOT, "test/fixtures/overlap");

/** Somebody who types. A word that ends in .csv is a file that the test made, or one of the fixtures. */
export class Person {
  readonly home: Home = newHome();
  readonly #made = new Map<string, string>();

  makes(name: string, ...lines: string[]): void {
    this.#made.set(name, fileIn(this.home, name, lines.join("\n")));
  }

  /** @param line what comes after `aicost`. @returns all that is said. @throws if it fails */
  async types(line: string): Promise<string> {
    const { exit, stdout, stderr } = await this.#run(line);
    if (exit !== 0) throw new Error(`aicost ${line}: ${stdout}${stderr}`);
    return stdout + stderr;
  }

  async imports(...lines: string[]): Promise<string> {
    let said = "";
    for (const line of lines) said += await this.types(`import ${line}`);
    return said;
  }

  async undoes(...names: string[]): Promise<void> {
    for (const name of names) await this.types(`imports undo --yes ${await this.#importOf(name)}`);
  }

  /** @returns what is shown of the import of a file */
  async shown(name: string): Promise<string> {
    return this.types(`imports show ${await this.#importOf(name)}`);
  }

  async #importOf(name: string): Promise<string | undefined> {
    const list = jsonOf<{ imports: Import[] }>(await this.#run("imports --json")).imports;
    return list.find((each) => each.status === "done" && each.source_name.endsWith(name))?.id;
  }

  async totals(): Promise<SpendReport["totals"]> {
    return jsonOf<SpendReport>(await this.#run("report --range all --json")).totals;
  }

  async cost(): Promise<string> {
    return (await this.totals()).cost_usd;
  }

  #run(line: string) {
    const [words = []] = callsIn(`aicost ${line}`);
    return runWords(
      words.map((word) => (word.endsWith(".csv") ? (this.#made.get(word) ?? path.join(FILES, word)) : word)),
      this.home,
    );
  }
}
