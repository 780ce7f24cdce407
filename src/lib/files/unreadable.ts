import { systemCode, UserError } from "../errors.js";

export const unreadable = (path: string, error: unknown): unknown => {
  const code = systemCode(error);
  if (code === undefined) return error;
  if (hasLostName(path)) return lostName(path);
  return code === "ENOENT"
    ? refusedFile(path, "it is a link to a file that does not exist", "Remove the link, or name the files.")
    : refusedFile(
        path,
        code === "EACCES" ? "permission denied" : `the system says ${code}`,
        "Make it readable, or name the other files.",
      );
};

const refusedFile = (path: string, why: string, hint: string) =>
  new UserError("file_unreadable", `The file ${path} cannot be read: ${why}.`, hint);

/** Node replaces bytes that are not UTF-8 with this character, and such a name no longer finds the file. */
export const hasLostName = (path: string): boolean => path.includes("\ufffd");

export const lostName = (path: string) => refusedFile(path, "its name is not UTF-8", "Rename it.");
