import type { ArchivedMonth, PlannedMonth } from "../care/archive.js";
import { decimal, plain } from "../money.js";
import { formatCount, formatUsd } from "./money-text.js";
import { type Column, type Screen, table } from "./table.js";
import { wrap } from "./text.js";

const columns: readonly Column<PlannedMonth>[] = [
  { header: "Month", cell: ({ month }) => month },
  { header: "Records", cell: ({ records }) => formatCount(records), align: "right" },
  { header: "Cost", cell: ({ cost_usd }) => formatUsd(cost_usd), align: "decimal" },
];

/** @param before the first month that stays */
export const plannedLines = (planned: readonly PlannedMonth[], before: string, screen: Screen): string => {
  if (planned.length === 0) return `There are no records before ${before}.`;
  return [table(columns, planned, { ...screen, total: totalOf(planned) }), ...lateNote(planned, screen)].join(
    "\n",
  );
};

const totalOf = (months: readonly PlannedMonth[]): PlannedMonth => ({
  month: "Total",
  records: months.reduce((sum, { records }) => sum + records, 0),
  cost_usd: plain(months.reduce((sum, { cost_usd }) => sum.plus(cost_usd), decimal("0"))),
  users: 0,
  later: 0,
});

/** Only for the last month: late records of the others are archived with the month after them. */
const lateNote = (months: readonly PlannedMonth[], { width }: Screen): string[] => {
  const last = months.at(-1);
  if (last === undefined || last.later === 0) return [];
  const [records, count, go] =
    last.later === 1
      ? ["One record", "counts", "goes"]
      : [`${formatCount(last.later)} records`, "count", "go"];
  return [
    "",
    ...wrap(
      `${records} from the last hours of ${last.month} (UTC) ${count} towards the next month in your time zone, but ${go} into this archive.`,
      width,
      2,
    ),
  ];
};

export const archiveQuestion = (planned: readonly PlannedMonth[], folder: string): string => {
  const { records } = totalOf(planned);
  const what = records === 1 ? "one record" : `${formatCount(records)} records`;
  return `Move ${what} to ${folder}? Reports will no longer include ${records === 1 ? "it" : "them"}.`;
};

export const archivedLines = (archived: readonly ArchivedMonth[], screen: Screen): string => {
  const rows = archived.flatMap(({ files, ...month }) =>
    files.map(({ path, records }, index) => ({
      ...month,
      records,
      month: index === 0 ? month.month : "",
      path,
    })),
  );
  const { records } = totalOf(archived);
  return [
    table(
      [
        { header: "Month", cell: ({ month }) => month },
        { header: "Records", cell: ({ records }) => formatCount(records), align: "right" },
        { header: "File", cell: ({ path }) => path, shrinkTo: 24 },
      ],
      rows,
      screen,
    ),
    "",
    ...wrap(
      `Archived ${records === 1 ? "one record" : `${formatCount(records)} records`}; reports no longer include ${records === 1 ? "it" : "them"}. Restore a month with: aicost import FILE`,
      screen.width,
      2,
    ),
    ...lateNote(archived, screen),
  ].join("\n");
};
