import type { DoctorCheck, CheckState } from "../doctor/check.js";
import { counted } from "../money.js";
import { groupsOf } from "../reports/groups.js";
import { type Tint, tinted } from "./color.js";
import type { Screen } from "./table.js";
import { padRight, widest, wrap } from "./text.js";

const TINTS: Record<CheckState, Tint> = { ok: "green", warning: "yellow", wrong: "red", unknown: "yellow" };

const STATE_WIDTH = widest(Object.keys(TINTS)) + 2;

/** A line a check, what to type below those that have it, and a last line that counts. */
export const doctorLines = (results: readonly DoctorCheck[], screen: Screen): string => {
  const nameWidth = widest(results.map(({ name }) => name)) + 2;
  const lines = merged(results).flatMap((result) => linesOf(result, nameWidth, screen));
  return [...lines, "", summary(results)].join("\n");
};

const linesOf = ({ state, name, says, type }: DoctorCheck, nameWidth: number, screen: Screen): string[] => {
  // The names of several checks take more than their column.
  const isOne = name.length < nameWidth;
  const indent = STATE_WIDTH + (isOne ? nameWidth : 0);
  const room = screen.width - indent;
  const [first = "", ...rest] = wrap(isOne ? says : `${name}: ${says}`, room);
  const typed = (type ?? "").split("\n").filter((line) => line !== "");
  const below = typed.flatMap((line) => wrap(line, room - 2)).map((line) => `  ${line}`);
  return [
    `${tinted(padRight(state, STATE_WIDTH), TINTS[state], screen.color)}${isOne ? padRight(name, nameWidth) : ""}${first}`,
    ...[...rest, ...below].map((line) => " ".repeat(indent) + line),
  ];
};

/** Checks that could not be made for the same reason stand in one row, in the place of the first. */
const merged = (results: readonly DoctorCheck[]): DoctorCheck[] =>
  groupsOf(results, ({ state, name, says }) => (state === "unknown" ? says : `${name}\t`)).map((group) => ({
    ...group[0],
    name: group.map(({ name }) => name).join(", "),
  }));

const summary = (results: readonly DoctorCheck[]): string => {
  const count = (state: CheckState): number => results.filter((each) => each.state === state).length;
  const [errors, warnings] = [count("wrong"), count("warning")];
  if (errors === 0 && warnings === 0) return "Nothing is wrong.";
  return [
    ...(errors === 0 ? [] : [counted(errors, "error")]),
    ...(warnings === 0 ? [] : [counted(warnings, "warning")]),
  ].join(", ");
};
