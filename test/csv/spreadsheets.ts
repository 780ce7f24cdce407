import type { SampleTable } from "../fuzz/sample-tables.js";

/** A program that opens a CSV file and saves it again. */
export interface Spreadsheet {
  name: string;
  delimiter: string;
  mark: string;
  date: (year: string, month: string, day: string) => string;
  time: (hour: string, minute: string, second: string) => string;
  flags: { True: string; False: string };
  /** Shows a moment with a fraction of a second without its date. */
  losesFractions: boolean;
}

const excel = (
  name: string,
  delimiter: string,
  mark: string,
  date: Spreadsheet["date"],
  flags: Spreadsheet["flags"],
): Spreadsheet => ({
  name,
  delimiter,
  mark,
  date,
  time: (hour, minute) => `${delimiter === ";" ? hour : Number(hour)}:${minute}`,
  flags,
  losesFractions: true,
});

export const SPREADSHEETS: readonly Spreadsheet[] = [
  excel("Excel (US)", ",", ".", (year, month, day) => `${Number(month)}/${Number(day)}/${year}`, {
    True: "TRUE",
    False: "FALSE",
  }),
  excel("Excel (German)", ";", ",", (year, month, day) => `${day}.${month}.${year}`, {
    True: "WAHR",
    False: "FALSCH",
  }),
  excel("Excel (French)", ";", ",", (year, month, day) => `${day}/${month}/${year}`, {
    True: "VRAI",
    False: "FAUX",
  }),
  {
    name: "LibreOffice",
    delimiter: ",",
    mark: ".",
    date: (year, month, day) => `${year}-${month}-${day}`,
    time: (hour, minute, second) => `${hour}:${minute}:${second}`,
    flags: { True: "TRUE", False: "FALSE" },
    losesFractions: false,
  },
  {
    name: "LibreOffice (German)",
    delimiter: ",",
    mark: ",",
    date: (year, month, day) => `${day}.${month}.${year}`,
    time: (hour, minute, second) => `${hour}:${minute}:${second}`,
    flags: { True: "WAHR", False: "FALSCH" },
    losesFractions: false,
  },
];

/** Numbers of more digits are shown with an exponent. */
const MOST_SHOWN = 1e11;

const saved = (cell: string, { mark, date, time, flags, losesFractions }: Spreadsheet): string => {
  if (/^-?\d+(?:\.\d+)?(?:E[+-]?\d+)?$/i.test(cell)) {
    const number = Number(cell);
    if (Math.abs(number) >= MOST_SHOWN) return number.toExponential(5).replace("e+", "E+");
    if (number !== 0 && Math.abs(number) < 1e-4) {
      const [digits = "", exponent = ""] = number.toExponential().split("e-");
      return `${digits.replace(".", mark)}E-${exponent.padStart(2, "0")}`;
    }
    return String(number).replace(".", mark);
  }
  const [, year = "", month = "", day = "", hour, minute = "", second = "00", fraction] =
    /^(\d{4})-(\d{2})-(\d{2})(?: (\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?$/.exec(cell) ?? [];
  // A date that does not exist stays as it is.
  if (year !== "" && !Number.isNaN(Date.parse(`${year}-${month}-${day}`))) {
    if (fraction !== undefined && losesFractions) return `${minute}:${second}${mark}${fraction.slice(1, 2)}`;
    const at = hour === undefined ? "" : ` ${time(hour, minute, second)}${fraction ?? ""}`;
    return date(year, month, day) + at;
  }
  return cell === "True" || cell === "true"
    ? flags.True
    : cell === "False" || cell === "false"
      ? flags.False
      : cell;
};

/** A sample as a spreadsheet writes it. */
export const savedBy = (spreadsheet: Spreadsheet, { header, rows }: SampleTable): string => {
  const { delimiter } = spreadsheet;
  const quoted = (cell: string) =>
    cell.includes(delimiter) || /["\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const lines = [header, ...rows.map(({ cells }) => cells.map((cell) => saved(cell, spreadsheet)))];
  return `\ufeff${lines.map((cells) => cells.map(quoted).join(delimiter)).join("\r\n")}\r\n`;
};

/** Whether a spreadsheet destroys a cell of a sample: the date of a moment with a fraction of a second. */
export const isDestroyed = ({ rows }: SampleTable, { losesFractions }: Spreadsheet): boolean =>
  losesFractions &&
  rows.some(({ cells }) => cells.some((cell) => /^\d{4}-\d{2}-\d{2} [\d:]{8}\.\d/.test(cell)));
