import type { CsvFormat } from "../csv/format.js";
import { openCsv } from "../csv/open.js";
import { UserError } from "../errors.js";
import type { Store } from "../store/store.js";
import type { FileToWrite, Table } from "./check-files.js";

/**
 * Moments without an offset are read as those of the first file of the same header were, unless the user names a zone: a
 * row that two files have is one row then. Only for files of such a format the store is waited for.
 */
export const inZonesOfBefore = async (
  tables: readonly Table[],
  opening: Promise<Store>,
): Promise<Table[]> => {
  const zoned: Table[] = [];
  for (const table of tables) zoned.push(await inZoneOfBefore(table, opening));
  return zoned;
};

const inZoneOfBefore = async (table: Table, opening: Promise<Store>): Promise<Table> => {
  const { format, account, given, filter } = table;
  if (format.inZone === undefined) return table;
  const zone = await zoneBefore(format.series, await opening);
  if (zone === null || zone === format.zone?.name) return table;
  const other: CsvFormat = { ...format.inZone(zone), zone: { name: zone, isGiven: true, isKept: true } };
  return openCsv(table, {
    formats: [other],
    format: other.id,
    ...(account !== null && { account }),
    ...(given && { given }),
    ...(filter && { filter }),
  });
};

/** @throws UserError `zone_differs` for a file whose moments would be read otherwise than those of an earlier one */
export const refuseOtherZones = async (files: readonly FileToWrite[], store: Store): Promise<void> => {
  for (const { checked } of files) {
    const { file, facts } = checked;
    if (facts.zone === undefined || file.format.inZone !== undefined) continue;
    const before = await zoneBefore(file.format.series, store);
    if (before === null || before === facts.zone.name) continue;
    throw new UserError(
      "zone_differs",
      `The times of ${file.name} would be read in ${facts.zone.name}, but those of earlier files of its columns were read in ${before}.`,
      `Write date:${before}=… in --map; or undo the earlier imports, and import them again: aicost imports`,
    );
  }
};

const zoneBefore = (series: string, store: Store): Promise<string | null> =>
  store.call("zone_of_series", { series });
