import { fromDatabase } from "../errors.js";
import {
  type EmbeddedDatabase,
  type EmbeddedOptions,
  LOCAL_USER,
  openDatabase,
  requireRoom,
} from "./embedded-database.js";
import type { Api, Store } from "./store.js";

/**
 * Opens the embedded database as the store of its one user.
 * @throws what `openDatabase` throws
 */
export const openEmbedded = async (options: EmbeddedOptions): Promise<Store> =>
  new EmbeddedStore(await openDatabase(options), options.dataDir);

class EmbeddedStore implements Store {
  readonly parallel = 1;
  readonly #db: EmbeddedDatabase;
  readonly #dataDir: string;

  constructor(db: EmbeddedDatabase, dataDir: string) {
    this.#db = db;
    this.#dataDir = dataDir;
  }

  async call<Name extends keyof Api>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]> {
    requireRoom(this.#dataDir);
    // What is undefined is left out, as it is in JSON over HTTP.
    const given = Object.entries(args as Record<string, unknown>).filter(([, value]) => value !== undefined);
    const names = given.map(([key], index) => `"${key}" => $${index + 1}`);
    try {
      const { rows } = await this.#db.transaction(async (tx) => {
        await tx.query(
          "select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)",
          [JSON.stringify({ sub: LOCAL_USER, role: "authenticated" })],
        );
        return tx.query<{ result: unknown }>(
          `select public.${name}(${names.join(", ")}) as result`,
          given.map(([, value]) => value),
        );
      });
      return rows[0]?.result as Api[Name]["result"];
    } catch (error) {
      throw fromDatabase(error);
    }
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}
