import { type Decimal, ZERO } from "../money.js";
import { byName, groupsOf } from "../reports/groups.js";
import type { GroupKey, SpendReport, SpendRow } from "../reports/report.js";
import type { Cell } from "./bar.js";
import type { Drawn } from "./chart-points.js";
import { type Tint, tinted } from "./color.js";
import { formatMoney } from "./money-text.js";
import { groupName } from "./spend-columns.js";
import { cutApart, textWidth } from "./text.js";

/** The groups of the second key, each with a letter, so that they can be told apart without colours too. */
export interface Stack {
  letters: string[];
  /** What is drawn of each group in some rows. */
  amountsOf(rows: readonly SpendRow[]): Decimal[];
  /** A bar, with colours if the screen has them. */
  painted(cells: readonly Cell[], color: boolean): string;
  /** Each letter with its group and what that costs. */
  legend(width: number, color: boolean): string[];
}

/** More would not be told apart. The smallest are summed. */
const MOST_GROUPS = 7;

/** Names in a legend are cut to this. */
const LONGEST_NAME = 24;

const TINTS: readonly Tint[] = [
  ["black", "bgCyan"],
  ["black", "bgYellow"],
  ["black", "bgMagenta"],
  ["black", "bgGreen"],
  ["white", "bgBlue"],
  ["white", "bgRed"],
  ["black", "bgWhite"],
];

export const stackOf = ({ rows, totals: { currency } }: SpendReport, key: GroupKey, drawn: Drawn): Stack => {
  const seen = rows.filter((row) => !drawn(row).eq(0));
  const groups = groupsOf(seen, (row) => groupName(row, key))
    .map((group) => {
      const cost = group.reduce((total, row) => total.plus(drawn(row)), ZERO);
      return { name: groupName(group[0], key), cost };
    })
    .toSorted((a, b) => b.cost.cmp(a.cost) || byName(a.name, b.name));
  const kept = groups.length > MOST_GROUPS ? groups.slice(0, MOST_GROUPS - 1) : groups;
  const rest = groups.slice(kept.length);
  const restCost = rest.reduce((total, { cost }) => total.plus(cost), ZERO);
  const names = cutApart(
    kept.map(({ name }) => name),
    LONGEST_NAME,
  );
  const letters = [...lettersFor(kept.map(({ name }) => name)), ...(rest.length > 0 ? ["+"] : [])];
  const entries = [
    ...kept.map(
      ({ cost }, i) => `${letters[i] ?? ""} ${names[i] ?? ""} ${formatMoney(cost.toFixed(), currency)}`,
    ),
    ...(rest.length > 0 ? [`+ ${rest.length} others ${formatMoney(restCost.toFixed(), currency)}`] : []),
  ];
  const places = new Map(groups.map(({ name }, i) => [name, Math.min(i, kept.length)]));
  return {
    letters,
    amountsOf: (some) => {
      const amounts = letters.map(() => ZERO);
      for (const row of some) {
        const place = places.get(groupName(row, key));
        if (place !== undefined) amounts[place] = (amounts[place] ?? ZERO).plus(drawn(row));
      }
      return amounts;
    },
    painted: (cells, color) =>
      cells.map(({ text, part }) => (part === undefined ? text : tinted(text, tintOf(part), color))).join(""),
    legend: (width, color) => legendLines(entries, width, color),
  };
};

const tintOf = (part: number): Tint => TINTS[part % TINTS.length] ?? "cyan";

/** The first letter of each name that is not taken, else any that is not. */
const lettersFor = (names: readonly string[]): string[] => {
  const taken = new Set<string>();
  return names.map((name) => {
    const own = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
    const letter = Array.from(`${own}ABCDEFGHIJKLMNOPQRSTUVWXYZ`).find((each) => !taken.has(each)) ?? "?";
    taken.add(letter);
    return letter;
  });
};

const GAP = "   ";

/** As many entries as fit in each line. */
const legendLines = (entries: readonly string[], width: number, color: boolean): string[] => {
  const lines: string[][] = [];
  let used = width;
  entries.forEach((entry, part) => {
    const shown = tinted(entry.slice(0, 1), tintOf(part), color) + entry.slice(1);
    const line = lines.at(-1);
    const fits = used + GAP.length + textWidth(entry) <= width;
    if (line && fits) line.push(shown);
    else lines.push([shown]);
    used = line && fits ? used + GAP.length + textWidth(entry) : textWidth(entry);
  });
  return lines.map((line) => line.join(GAP));
};
