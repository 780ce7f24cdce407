import { UserError } from "../errors.js";
import { type CareDatabase, inSnapshot } from "./database.js";

/** Whether one thing that must hold does. */
export interface CheckResult {
  check: CheckName;
  ok: boolean;
  /** How much of it is wrong. */
  found: number;
  /** The first things that are wrong, a phrase each. */
  problems: string[];
}

/** What is checked, in this order: each is the SQL function `private.check_…`, which answers a line for a wrong thing. */
export const CHECKS = [
  "storage",
  "indexes",
  "partitions",
  "references",
  "imports",
  "daily_sums",
  "totals",
] as const;

export type CheckName = (typeof CHECKS)[number];

const MOST_SHOWN = 5;

/**
 * Checks whether all of a database fits together, and changes nothing.
 * @param onChecked called with the number of checks that are through
 */
export const checkDatabase = async (
  db: CareDatabase,
  onChecked: (done: number) => void,
): Promise<CheckResult[]> => {
  const results: CheckResult[] = [];
  for (const check of CHECKS) {
    const problems = await problemsOf(db, check);
    results.push({
      check,
      ok: problems.length === 0,
      found: problems.length,
      problems: problems.slice(0, MOST_SHOWN),
    });
    onChecked(results.length);
  }
  return results;
};

/** Of one moment each, so that what others write meanwhile is no difference. */
const problemsOf = async (db: CareDatabase, check: CheckName): Promise<string[]> => {
  try {
    const { rows } = await inSnapshot(db, "read only", () =>
      db.query<{ problem: string }>(`select p as problem from private.check_${check}() p`),
    );
    return rows.map(({ problem }) => problem);
  } catch (error) {
    const cause = error instanceof UserError && error.code === "database_damaged" ? error.cause : error;
    if (cause instanceof UserError || !(cause instanceof Error) || !("code" in cause)) throw error;
    return [cause.message];
  }
};

/** What to do where a check fails. */
const ADVICE: Record<CheckName, string> = {
  storage:
    "Files of the database are damaged. Save what can be read with: aicost export --output aicost.ndjson\nThen restore a backup, or begin anew and import that file.",
  indexes: "Make the indexes anew, as the owner of the database: reindex table cost_records",
  partitions: "Somebody changed the schema. Compare it with the folder supabase/migrations of aicost.",
  references:
    "Somebody changed rows outside of aicost. Take the import back that they came from, and import it again.",
  imports: "Somebody changed rows outside of aicost. Take the import back, and import its file again.",
  daily_sums: "Sum all days anew with: aicost db refresh",
  totals: "Sum all days anew with: aicost db refresh",
};

/** The error of a database in which something is wrong; null where all is well. */
export const checkFailed = (checks: readonly CheckResult[]): UserError | null => {
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length === 0) return null;
  // The others may come of that one alone; a refresh would even make them look well.
  const isDamaged = failed.some(({ check }) => check === "storage");
  const advice = new Set(isDamaged ? [ADVICE.storage] : failed.map(({ check }) => ADVICE[check]));
  return new UserError(
    "check_failed",
    failed.length === 1
      ? "One check of the database failed."
      : `${failed.length} checks of the database failed.`,
    [...advice].join("\n"),
    { details: { checks } },
  );
};
