import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { AICOST, type Environment, run } from "./measure.js";
import { PERIOD, writeActivity } from "./openrouter-activity.js";

/** Homes with so many records in the embedded database, and files with as many rows; each is made once. */
export class Homes {
  readonly #folder: string;
  readonly #files = new Map<string, Promise<string>>();
  readonly #filled = new Map<string, Promise<Environment>>();
  #count = 0;

  /** @param folder where all of them lie */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A new folder. */
  async folder(): Promise<string> {
    const folder = path.join(this.#folder, String(++this.#count));
    await mkdir(folder);
    return folder;
  }

  /** A home with an empty database. */
  async empty(): Promise<Environment> {
    const home = await this.folder();
    const env = environmentOf(home);
    await run([AICOST, "prefs"], env);
    return env;
  }

  /** An activity export of OpenRouter with so many rows, of so many keys. */
  file(rows: number, keys = 1): Promise<string> {
    return made(this.#files, `${rows} ${keys}`, async () => {
      const file = path.join(await this.folder(), "openrouter_activity.csv");
      await writeActivity(file, rows, { keys });
      return file;
    });
  }

  /** The same export, downloaded again after one day in its middle has changed. */
  async changedFile(rows: number): Promise<string> {
    const file = path.join(await this.folder(), "openrouter_activity.csv");
    await writeActivity(file, rows, { dearDay: PERIOD.days / 2 });
    return file;
  }

  /** A home with so many records that may be written to. */
  async copyOfFilled(rows: number): Promise<Environment> {
    const [from, home] = [await this.filled(rows), await this.folder()];
    await cp(from["HOME"]!, home, { recursive: true });
    return environmentOf(home);
  }

  /** A home into which that file was imported. It must not be written to. */
  filled(rows: number, keys = 1): Promise<Environment> {
    return made(this.#filled, `${rows} ${keys}`, async () => {
      const env = await this.empty();
      await run([AICOST, "import", await this.file(rows, keys)], env);
      return env;
    });
  }
}

const environmentOf = (home: string): Environment => ({
  HOME: home,
  AICOST_CONFIG_DIR: path.join(home, "config"),
  AICOST_DATA_DIR: path.join(home, "data"),
});

const made = <Thing>(
  known: Map<string, Promise<Thing>>,
  key: string,
  make: () => Promise<Thing>,
): Promise<Thing> => {
  const thing = known.get(key) ?? make();
  known.set(key, thing);
  return thing;
};
