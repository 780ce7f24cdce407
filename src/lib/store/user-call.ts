import { fromDatabase } from "../errors.js";
import { callFunction } from "./call-function.js";
import type { SqlDatabase, SqlRunner } from "./sql.js";
import type { Api } from "../api.js";

/** The one user of an embedded database: row-level security holds here as it does on a hosted one. */
export const LOCAL_USER = "00000000-0000-4000-8000-00000000a1c0";

/** @throws UserError for what the function refuses */
export const callAsUser = async <Name extends keyof Api>(
  db: Pick<SqlDatabase, "transaction">,
  name: Name,
  args: Api[Name]["args"],
): Promise<Api[Name]["result"]> => {
  try {
    return await db.transaction((tx) => callIn(tx, name, args));
  } catch (error) {
    throw fromDatabase(error);
  }
};

/** A call in a transaction, which acts as the user from then on. */
export const callIn = async <Name extends keyof Api>(
  tx: Pick<SqlRunner, "query">,
  name: Name,
  args: Api[Name]["args"],
): Promise<Api[Name]["result"]> => {
  await tx.query(
    "select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)",
    [JSON.stringify({ sub: LOCAL_USER, role: "authenticated" })],
  );
  return callFunction<Api[Name]["result"]>(tx, `public.${name}`, args);
};

/** The rest of a transaction acts as the owner of the database again. */
export const becomeOwner = (tx: Pick<SqlRunner, "query">): Promise<unknown> =>
  tx.query("select set_config('role', 'none', true)");
