import { rmSync } from "node:fs";
import { join } from "node:path";
import { ndjsonOf, readNdjson } from "../archive/ndjson.js";
import { ownerMark } from "../archive/owner.js";
import { forEachKind } from "../archive/rows.js";
import { UserError } from "../errors.js";
import { decimal, plain, sum } from "../money.js";
import { callFunction } from "../store/call-function.js";
import type { MonthPartition } from "../api.js";
import {
  checksumFile,
  type Draft,
  draftPath,
  isAsWritten,
  placeDraft,
  type PlacedFile,
  writeDraft,
} from "./archive-file.js";
import { type CareDatabase, inSnapshot } from "./database.js";
import { dropMonth, type MonthContents, monthContents, monthPages } from "./month.js";

export interface PlannedMonth {
  /** For example `2024-01`, in UTC. */
  month: string;
  records: number;
  cost_usd: string;
  users: number;
  /** Events that are in the next month in the time zone of their user. */
  later: number;
}

export interface ArchivedMonth extends PlannedMonth {
  /** One for each user, in the order of their ids. */
  files: { path: string; records: number; sha256: string }[];
}

export const monthsBefore = async (db: CareDatabase, before: string): Promise<PlannedMonth[]> => {
  const partitions = await callFunction<MonthPartition[]>(db, "public.list_partitions", {});
  const planned: PlannedMonth[] = [];
  for (const { month, records } of partitions) {
    if (month < before && records > 0) planned.push(summaryOf(month, await monthContents(db, month)));
  }
  return planned;
};

const summaryOf = (month: string, contents: readonly MonthContents[]): PlannedMonth => ({
  month,
  records: contents.reduce((total, { records }) => total + records, 0),
  cost_usd: plain(sum(contents.map(({ cost_usd }) => cost_usd))),
  users: contents.length,
  later: contents.reduce((total, { later }) => total + later, 0),
});

export interface ArchiveOptions {
  folder: string;
  program: string;
  /** How long to wait for others once the files are written. */
  waitMs: number;
  signal: AbortSignal;
}

/** How often to start again if another session writes to the month meanwhile. */
const ATTEMPTS = 3;

/**
 * Writes a month into one file per user, reads the files back, and only then removes the month from the database. After
 * any interruption, each record is in the files, in the database or in both, and running it again completes it.
 * @throws UserError `archive_unwritable`, `archive_not_as_written`, `month_changes`, `db_in_use`
 */
export const archiveMonth = async (
  db: CareDatabase,
  month: string,
  options: ArchiveOptions,
): Promise<ArchivedMonth> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { contents, drafts } = await writeDrafts(db, month, options);
    const files = await placeAll(db, month, contents, drafts, options);
    options.signal.throwIfAborted();
    if (await dropMonth(db, month, contents, options.waitMs)) {
      return {
        ...summaryOf(month, contents),
        files: files.map(({ path, sha256 }, index) => ({
          path,
          records: contents[index]?.records ?? 0,
          sha256,
        })),
      };
    }
    for (const { path, isNew } of files) if (isNew) removeFile(path);
  }
  throw new UserError(
    "month_changes",
    `Another session is writing records of ${month} during the archiving. They stay in the database.`,
    "Run the command again when it is done.",
  );
};

const removeFile = (path: string): void => {
  rmSync(path);
  rmSync(checksumFile(path));
};

/** In one snapshot, so that the marks fit the content of the files. */
const writeDrafts = (
  db: CareDatabase,
  month: string,
  { folder, program, signal }: ArchiveOptions,
): Promise<{ contents: MonthContents[]; drafts: Draft[] }> =>
  inSnapshot(db, "read only", async () => {
    const contents = await monthContents(db, month);
    const drafts: Draft[] = [];
    for (const { user_id } of contents) {
      const pages = monthPages(db, month, user_id);
      const path = draftPath(folder, fileName(db, month, user_id));
      const owner = ownerMark(db.folder === null ? user_id : null);
      const pieces = ndjsonOf(pages, { program, owner, onRows: () => undefined });
      drafts.push(await writeDraft(path, pieces, signal));
    }
    return { contents, drafts };
  });

const placeAll = async (
  db: CareDatabase,
  month: string,
  contents: readonly MonthContents[],
  drafts: readonly Draft[],
  { folder }: ArchiveOptions,
): Promise<PlacedFile[]> => {
  try {
    const files: PlacedFile[] = [];
    for (const [index, draft] of drafts.entries()) {
      const held = contents[index] as MonthContents;
      await verify(draft, held);
      files.push(await placeDraft(draft, join(folder, fileName(db, month, held.user_id))));
    }
    return files;
  } finally {
    for (const { path } of drafts) rmSync(path, { force: true });
  }
};

/** A project has several users, each with their own file. */
const fileName = ({ folder }: CareDatabase, month: string, user: string): string =>
  folder === null ? `aicost-${month}-${user.slice(0, 8)}` : `aicost-${month}`;

/** @throws UserError `archive_not_as_written` */
const verify = async (draft: Draft, held: MonthContents): Promise<void> => {
  const counts = forEachKind(() => 0);
  let cost = decimal("0");
  for await (const { kind, row } of readNdjson({ path: draft.path, name: draft.path })) {
    counts[kind]++;
    if (kind === "cost_record" || kind === "sheet_row") cost = cost.plus(row["cost_usd"] as string);
  }
  const isWhole =
    counts.sheet_row === held.sheet_rows &&
    counts.cost_record === held.own_records &&
    cost.eq(held.archived_usd);
  if (isWhole && (await isAsWritten(draft))) return;
  throw new UserError(
    "archive_not_as_written",
    `The file ${draft.path} does not read back as it was written. The records stay in the database.`,
    "The disk may be failing. Choose a folder on another disk: --to FOLDER",
  );
};
