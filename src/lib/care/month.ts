import { setTimeout as sleep } from "node:timers/promises";
import { pagesOf, type StoredPage } from "../archive/rows.js";
import { UserError } from "../errors.js";
import { callFunction } from "../store/call-function.js";
import type { ArchiveKind } from "../api.js";
import type { CareDatabase } from "./database.js";

/** Of one user, in UTC like the partitions. */
export interface MonthContents {
  user_id: string;
  records: number;
  cost_usd: string;
  /** What its archive holds: rows of sheets, whether they count or not, and records of no import, with their sum. */
  sheet_rows: number;
  own_records: number;
  archived_usd: string;
  /** Records that are in the next month in the user's time zone. */
  later: number;
  /** Changes with any of the content. */
  mark: string;
}

/** The kinds in a month's archive. Preferences and forecasts do not belong to a month. */
const KINDS: readonly ArchiveKind[] = ["provider", "import", "edit", "sheet", "sheet_row", "cost_record"];

const firstDay = (month: string): string => `${month}-01`;

/** @param month for example `2026-01` */
export const monthContents = (db: CareDatabase, month: string): Promise<MonthContents[]> =>
  callFunction(db, "private.month_contents", { first_day: firstDay(month) });

/** It must run in a transaction, which acts as this user. */
export async function* monthPages(db: CareDatabase, month: string, user: string): AsyncGenerator<StoredPage> {
  await db.query("select set_config('request.jwt.claims', $1, true)", [
    JSON.stringify({ sub: user, role: "authenticated" }),
  ]);
  yield* pagesOf(KINDS, (kind, after, max_rows) =>
    callFunction(db, "private.export_month", { first_day: firstDay(month), kind, after, max_rows }),
  );
}

const PAUSE_MS = 200;

/** @returns false, without changing anything, if the content is not what was archived. @throws UserError `db_in_use` */
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
    `The records of ${month} are archived, but not removed, because others are using the database.`,
    "Run the command again when they are done, or wait longer: AICOST_WAIT=SECONDS",
  );
