import { setTimeout as sleep } from "node:timers/promises";
import { pagesOf, type StoredPage } from "../archive/rows.js";
import { UserError } from "../errors.js";
import { callFunction } from "../store/call-function.js";
import type { ArchiveKind } from "../api.js";
import type { CareDatabase } from "./database.js";

/** What one user has in a month. Months are those of UTC, as partitions are. */
export interface MonthContents {
  user_id: string;
  records: number;
  /** What undoing an import would put back among them. */
  changes: number;
  /** Decimal, US dollars. */
  cost_usd: string;
  /** Of the records, those that the user's calendar has in the next month. */
  later: number;
  /** Another one as soon as any of it is another. */
  mark: string;
}

/** What a month's archive holds: no preferences and no forecasts, which are of no month. */
const KINDS: readonly ArchiveKind[] = ["provider", "import", "cost_record", "import_change"];

const firstDay = (month: string): string => `${month}-01`;

/** @param month for example `2026-01` */
export const monthContents = (db: CareDatabase, month: string): Promise<MonthContents[]> =>
  callFunction(db, "private.month_contents", { first_day: firstDay(month) });

/** The rows of a user in a month. It must run in a transaction, for whose time the user is signed in. */
export async function* monthPages(db: CareDatabase, month: string, user: string): AsyncGenerator<StoredPage> {
  await db.query("select set_config('request.jwt.claims', $1, true)", [
    JSON.stringify({ sub: user, role: "authenticated" }),
  ]);
  yield* pagesOf(KINDS, (kind, after, max_rows) =>
    callFunction(db, "private.export_month", { first_day: firstDay(month), kind, after, max_rows }),
  );
}

/** How long to wait before looking again whether others are through. */
const PAUSE_MS = 200;

/**
 * Takes a month out of the database, if it still holds what was archived.
 * @param waitMs how long to wait for others
 * @returns false, and then nothing is changed, where it holds something else by now
 * @throws UserError `db_in_use`
 */
export const dropMonth = async (
  db: CareDatabase,
  month: string,
  archived: readonly MonthContents[],
  waitMs: number,
): Promise<boolean> => {
  const until = Date.now() + waitMs;
  for (;;) {
    const state = await callFunction<"dropped" | "changed" | "busy">(db, "private.drop_month", {
      first_day: firstDay(month),
      archived: JSON.stringify(archived),
    });
    if (state !== "busy") return state === "dropped";
    if (Date.now() >= until) throw inUse(month);
    await sleep(PAUSE_MS);
  }
};

const inUse = (month: string) =>
  new UserError(
    "db_in_use",
    `The records of ${month} are archived, but not removed: others work with the database.`,
    "Run the command again when they are done. AICOST_WAIT=SECONDS waits longer.",
  );
