import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "./database.js";

/** What a month holds, as an archive of it tells. @param month such as 2026-03 */
export const contentsOf = async (db: Session, month: string): Promise<unknown[]> => {
  const [row] = await db.query<{ contents: unknown[] }>(
    "select private.month_contents($1::date) as contents",
    [`${month}-01`],
  );
  return row!.contents;
};

/** Drops a month once, without waiting. @returns `dropped`, or `changed` or `busy`, which change nothing */
export const tryToDrop = async (db: Session, month: string, archived: unknown[]): Promise<string> => {
  const [row] = await db.query<{ state: string }>("select private.drop_month($1::date, $2::jsonb) as state", [
    `${month}-01`,
    JSON.stringify(archived),
  ]);
  return row!.state;
};

const PAUSE_MS = 50;

/** As `tryToDrop`, until nobody is in the way: a server's own upkeep (autovacuum) may be at any moment. */
export const drop = async (db: Session, month: string, archived: unknown[]): Promise<string> => {
  for (;;) {
    const state = await tryToDrop(db, month, archived);
    if (state !== "busy") return state;
    await sleep(PAUSE_MS);
  }
};
