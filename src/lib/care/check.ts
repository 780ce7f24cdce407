import { UserError } from "../errors.js";
import { type CareDatabase, inSnapshot } from "./database.js";

export interface CheckResult {
  check: CheckName;
  ok: boolean;
  found: number;
  /** The first problems, a phrase each. */
  problems: string[];
}

/** The checks in their order. Each is a SQL function `private.check_…`, which returns one line per problem. */
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

/** Changes nothing. @param onChecked called with the number of finished checks */
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

/** Each in one snapshot, so that concurrent writes make no difference. */
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

const ADVICE: Record<CheckName, string> = {
  storage:
    "Database files are damaged. Save what is still readable with: aicost export --output aicost.ndjson\nThen restore a backup, or start with a new database and import that file.",
  indexes: "As the owner of the database, rebuild the indexes: reindex table cost_records",
  partitions: "The schema was changed. Compare it with aicost's supabase/migrations folder.",
  references:
    "Rows were changed outside of aicost. Undo the import that they came from, and import it again.",
  imports: "Rows were changed outside of aicost. Undo the import, and import its file again.",
  daily_sums: "Rebuild the daily sums with: aicost db refresh",
  totals: "Rebuild the daily sums with: aicost db refresh",
};

export const checkFailed = (checks: readonly CheckResult[]): UserError | null => {
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length === 0) return null;
  // It may have caused the others; a refresh would even hide them.
  const isDamaged = failed.some(({ check }) => check === "storage");
  const advice = new Set(isDamaged ? [ADVICE.storage] : failed.map(({ check }) => ADVICE[check]));
  return new UserError(
    "check_failed",
    failed.length === 1 ? "One database check failed." : `${failed.length} database checks failed.`,
    [...advice].join("\n"),
    { details: { checks } },
  );
};
