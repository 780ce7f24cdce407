import { UserError } from "../errors.js";
import { type Machine, NO_PROGRAM, runTool } from "./machine.js";

/** How crontab says that there is none: Vixie's and its offspring, and that of BusyBox. */
const NONE = /no crontab for|can't open '[^']*': No such file/i;

/** What ends a line: cron mails all that a job prints, and what went well is not worth a mail. */
export const ERRORS_ONLY = " >/dev/null";

/** Empty if there is none, or no cron at all. @throws UserError `crontab_unreadable` */
export const readCrontab = async (machine: Machine): Promise<Buffer> => {
  const { exit, stdout, said } = await runTool(["crontab", "-l"], machine);
  if (exit === 0) return stdout;
  if (exit === NO_PROGRAM || (stdout.length === 0 && NONE.test(said))) return Buffer.alloc(0);
  throw new UserError(
    "crontab_unreadable",
    `Your crontab cannot be read: ${said}.`,
    "See what it says to: crontab -l",
  );
};

/** Null if there is none. @throws UserError `crontab_damaged` */
export const entryIn = (crontab: Buffer, name: string): string | null => {
  const lines = linesOf(crontab);
  const place = placeOf(lines, name);
  return place && Buffer.from(lines.slice(place.begin + 1, place.end).join("\n"), "latin1").toString();
};

/** @param line null to remove it; other lines stay byte for byte. @throws UserError `crontab_damaged` */
export const withEntry = (crontab: Buffer, name: string, line: string | null): Buffer => {
  const lines = linesOf(crontab);
  const marks = marksOf(name);
  const entry =
    line === null ? [] : [`${marks.begin} (aicost sync --uninstall removes this)`, line, marks.end];
  const place = placeOf(lines, name) ?? { begin: lines.length, end: lines.length };
  lines.splice(place.begin, place.end - place.begin + 1, ...entry.map(asBytes));
  return Buffer.from(lines.map((one) => `${one}\n`).join(""), "latin1");
};

/** Latin-1 has a character for each byte, in any encoding. */
const linesOf = (crontab: Buffer): string[] => {
  const lines = crontab.toString("latin1").split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
};

const asBytes = (text: string): string => Buffer.from(text).toString("latin1");

const marksOf = (name: string) => ({ begin: `# ${name}: begin`, end: `# ${name}: end` });

const placeOf = (lines: readonly string[], name: string): { begin: number; end: number } | null => {
  const marks = marksOf(name);
  const begins = placesWhere(lines, (line) => line.startsWith(marks.begin));
  const ends = placesWhere(lines, (line) => line.trimEnd() === marks.end);
  const [begin, end] = [begins[0], ends[0]];
  if (begin === undefined && end === undefined) return null;
  const isWhole = begins.length === 1 && ends.length === 1;
  // Anything else between them was written by others.
  if (isWhole && begin !== undefined && end !== undefined && [1, 2].includes(end - begin))
    return { begin, end };
  throw new UserError(
    "crontab_damaged",
    `Your crontab must have exactly one line between “${marks.begin}” and “${marks.end}”.`,
    "Remove both marks and the line of aicost with: crontab -e",
  );
};

const placesWhere = (lines: readonly string[], isIt: (line: string) => boolean): number[] =>
  lines.flatMap((line, at) => (isIt(line) ? [at] : []));
