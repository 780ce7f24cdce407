import { cellsOf } from "./cells.js";
import { dateReadings, type DateOrder, type WrittenDate } from "./dates.js";
import type { Head, Header } from "./header.js";
import { RowSplitter } from "./split.js";

/**
 * Whether a file has a row a month: all dates at its beginning are the first of a month. Other cells, such as the name of a
 * total, are passed over.
 * @param position of the column of the date
 * @param order of dates such as 11/1/2026
 */
export const isByMonth = (head: Head, header: Header, position: number, order: DateOrder): boolean => {
  const splitter = new RowSplitter("", header.delimiter, header.line);
  // The last row may be cut off.
  const rows = [...splitter.push(head.text.slice(header.offset))].slice(1);
  const dates = cellsOf(rows, header.delimiter).flatMap((cells) => {
    const date = Array.isArray(cells) ? dateIn((cells[position] ?? "").trim(), order) : null;
    return date === null ? [] : [date];
  });
  return dates.length > 0 && dates.every(({ day }) => day === 1);
};

const dateIn = (cell: string, order: DateOrder): WrittenDate | null => {
  const readings = dateReadings(cell);
  return readings && (readings.YMD ?? readings[order]);
};
