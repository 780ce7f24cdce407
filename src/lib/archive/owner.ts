import { createHash } from "node:crypto";
import { UserError } from "../errors.js";

/**
 * Whose an archive is, as it stands in its first line: a hash, by which a user is recognised and cannot be found out; null
 * if the embedded database made it, which has no accounts.
 * @param userId of the user of a project
 */
export const ownerMark = (userId: string | null): string | null =>
  userId === null ? null : createHash("sha256").update(userId).digest("hex");

/** What an archive says of itself besides its rows. */
export interface ArchiveFacts {
  /** See `ownerMark`; undefined in archives of older versions. */
  owner: string | null | undefined;
  /** Whether it holds a checksum; one that does not fit is refused. */
  hasChecksum: boolean;
}

/**
 * Whose an archive is, seen from the user who imports it. `nobody`: an embedded database made it, and it goes into a
 * project. `project_user`: it goes the other way. `unstated`: an older version made it.
 */
export type Ownership = "you" | "other_user" | "project_user" | "nobody" | "unstated";

/** @param userId of the user who imports it; null for the embedded database */
export const ownershipOf = ({ owner }: ArchiveFacts, userId: string | null): Ownership => {
  if (owner === undefined) return "unstated";
  if (owner === ownerMark(userId)) return "you";
  if (owner === null) return "nobody";
  return userId === null ? "project_user" : "other_user";
};

export const otherUsers = (name: string): UserError =>
  new UserError(
    "archive_of_other_user",
    `${name} is an archive of another user of a Supabase project.`,
    "Nothing was imported. If its records are to be yours as well, import it with --from-other-user",
  );
