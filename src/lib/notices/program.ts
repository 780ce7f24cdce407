import { accessSync, constants, statSync } from "node:fs";
import { delimiter, extname, isAbsolute, join, resolve } from "node:path";
import { UserError } from "../errors.js";

/**
 * Where a program is, as an absolute path: a schedule runs in another folder and with another PATH.
 * @param name a path, or the name of a program in PATH
 * @throws UserError `bad_command`
 */
export const programFile = (name: string, { PATH = "" }: { PATH?: string | undefined }): string => {
  const isPath = isAbsolute(name) || /[/\\]/.test(name);
  const places = isPath
    ? [resolve(name)]
    : PATH.split(delimiter)
        .filter((folder) => isAbsolute(folder))
        .flatMap((folder) => ENDINGS.map((ending) => join(folder, name + ending)));
  const found = places.find(canRun);
  if (found === undefined)
    throw new UserError(
      "bad_command",
      `There is no program ${isPath ? resolve(name) : `“${name}” in PATH`}.`,
      "Give the path of a program that can be run: --command /path/to/script",
    );
  if (/^\.(?:bat|cmd)$/i.test(extname(found)))
    throw new UserError(
      "bad_command",
      `${found} needs a shell to run, and aicost runs commands without one.`,
      "Give the program itself, for example: --command 'powershell -File C:/path/to/script.ps1'",
    );
  return found;
};

const ENDINGS = process.platform === "win32" ? ["", ".exe", ".com", ".cmd", ".bat"] : [""];

/** Whether a file is there and may be run. */
export const canRun = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};
