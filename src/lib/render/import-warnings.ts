import type { ArchiveResult } from "../archive/import-archives.js";
import type { Ownership } from "../archive/owner.js";
import type { ImportFacts, IngestCounts } from "../api.js";
import { shortRate } from "./rates-used.js";
import { listed } from "../csv/short-text.js";
import { counted } from "../money.js";
import type { KeptRate } from "../store/read-model/known-files.js";
import { fileName } from "./file-name.js";
import type { Imported } from "../imports/import-named.js";
import type { Unseen } from "../imports/import-sources.js";
import { formatCount, formatUsd } from "./money-text.js";
import { printable, shortId } from "./text.js";

/** An import that is done, or would be. */
export interface Noted extends Pick<IngestCounts, "covered" | "kept_edits" | "replaced"> {
  /** Null if there is nothing to undo. */
  id: string | null;
  facts: ImportFacts;
  imported_as?: string;
  kept_rates?: Record<string, KeptRate>;
  note?: string;
  never_replaces?: true;
}

/** What an import leaves out or takes the place of, and how to have it otherwise. */
export const importWarnings = (noted: Noted): string[] => [
  ...replacedText(noted),
  ...missingText(noted),
  // Most charges that are missing are why a day is lower.
  ...(noted.facts.missing === undefined ? lowerText(noted.facts) : []),
  ...coveredText(noted),
  ...besideText(noted.facts),
  ...reboundText(noted.facts),
  ...(noted.kept_edits > 0 ? [`${counted(noted.kept_edits, "row")} left out: edited by hand, and kept`] : []),
  ...waitingText(noted.facts),
  ...ratesText(noted),
  ...(mayReplace(noted) ? [WAYS] : []),
  ...(noted.note === undefined ? [] : [noted.note]),
];

/** What is said of archives and files one by one, with their names. */
export const receiptWarnings = ({ archives, imports }: Pick<Imported, "archives" | "imports">): string[] =>
  [
    ...archives.map((archive) => ({ source: archive.source, texts: archiveWarnings(archive) })),
    ...imports.map((result) => ({ source: result.source, texts: importWarnings(result) })),
  ].flatMap(({ source, texts }) => texts.map((text) => `${source}: ${text}`));

/** What is said under all receipts: as text, and as a warning of the JSON. */
export const importNotes = ({
  leftOut,
  notSaved,
  unseen,
}: Pick<Imported, "leftOut" | "notSaved" | "unseen">): { text: string; warning: string }[] => [
  ...leftOut.map(({ source, names }) => ({
    text: `${fileName(source)}: ${leftOutText(names)}`,
    warning: `${source}: ${leftOutText(names)}`,
  })),
  ...(notSaved === null ? [] : [{ text: `Not saved: ${notSaved}`, warning: notSaved }]),
  ...unseenTexts(unseen).map((text) => ({ text, warning: text })),
];

/** What a dry run could not see. */
const unseenTexts = (unseen: Unseen | null): string[] => {
  if (unseen === null) return [];
  const { apart, large, withoutArchives } = unseen;
  return [
    ...(withoutArchives
      ? ["The files were compared with what is imported, but not with the archives beside them."]
      : []),
    ...apart.map(
      (names) =>
        `${listed(names.map(fileName), MOST_NAMES)} were compared with what is imported, but not with each other, because they are too large: a real import may find less that is new.`,
    ),
    ...large.map(
      (name) =>
        `${fileName(name)} is too large to be tried: the real import may also say that charges of earlier files are not in it.`,
    ),
  ];
};

/** Of an archive, whose rows are counted by kind. */
export const archiveWarnings = ({
  covered,
  owner,
  checksum,
}: Pick<ArchiveResult, "covered" | "owner" | "checksum">): string[] => [
  ...(covered > 0 ? ["left out: another export already covers these days"] : []),
  ...(owner === null ? [] : OWNERSHIP[owner]),
  ...(checksum === false
    ? ["an older version of aicost made it, without a checksum: if it was changed since, that does not show"]
    : []),
];

const OWNERSHIP: Readonly<Record<Ownership, readonly string[]>> = {
  you: [],
  other_user: ["it is an archive of another user of a Supabase project"],
  project_user: [
    "it is an archive of a user of a Supabase project; a database without accounts cannot tell whether that is you",
  ],
  nobody: ["it does not say whose it is: a database without accounts made it"],
  unstated: ["it does not say whose it is"],
};

/** Of a ZIP file: what is in it besides CSV files. */
const leftOutText = (names: readonly string[]): string =>
  `left out ${listed(names.map(printable), MOST_NAMES)}, ${names.length === 1 ? "which is not a CSV file" : "which are not CSV files"}`;

const WAYS =
  "to keep it so, do nothing; to count this file instead, import it again with --replace; if it is of another account, undo it and import it with --account NAME";

const mayReplace = ({ covered, facts, never_replaces }: Noted): boolean =>
  !never_replaces && (covered > 0 || facts.lower !== undefined || facts.missing?.stay === true);

const BESIDE_WAYS =
  "if it is a newer download of them, import it again with --replace; if it is of another account, undo it and import it with --account NAME";

const besideText = ({ beside }: ImportFacts): string[] => {
  if (beside === undefined) return [];
  const have = beside.length === 1 ? "has" : "have";
  return [
    `no row of it is in ${listed(beside.map(fileName), MOST_NAMES)}, which ${have} the same days: all count`,
    BESIDE_WAYS,
  ];
};

const replacedText = ({ replaced, facts }: Noted): string[] => {
  const others = replaced - (facts.missing?.stay === false ? facts.missing.rows : 0);
  if (others <= 0) return [];
  const count = others === 1 ? "counts" : "count";
  return [`${counted(others, "record")} of other imports of these days no longer ${count}`];
};

const missingText = ({ id, facts: { missing } }: Noted): string[] => {
  if (missing === undefined || missing.rows === 0) return [];
  const { rows, usd, largest, stay } = missing;
  const [are, count, them] = rows === 1 ? ["is", "counts", "it"] : ["are", "count", "them"];
  const what = `${counted(rows, "charge")} of these days (${formatUsd(usd)}) ${are} not in this file`;
  const ofModel = largest.model === null ? "" : ` for ${largest.model}`;
  const example = `${rows === 1 ? "" : "the largest: "}${formatUsd(largest.usd)}${ofModel} on ${largest.date}`;
  if (stay) return [`${what}, and still ${count}; ${example}`];
  const keep = id === null ? "" : `; to keep ${them}: aicost imports undo ${shortId(id)}`;
  return [`${what}, and no longer ${count}; ${example}${keep}`];
};

const lowerText = ({ lower }: ImportFacts): string[] => {
  if (lower === undefined) return [];
  const show = lower.days === 1 ? "shows" : "show";
  return [
    `${counted(lower.days, "day")} ${show} ${formatUsd(lower.usd)} less than already counts, which stays`,
  ];
};

const coveredText = ({ covered, facts: { covered_by = [] } }: Noted): string[] => {
  if (covered === 0) return [];
  const by = covered_by.length === 0 ? "another import" : listed(covered_by.map(fileName), MOST_NAMES);
  const shows = covered_by.length > 1 ? "show" : "shows";
  return [`${counted(covered, "row")} left out: ${by} already ${shows} these days`];
};

const waitingText = ({ waiting_edits = 0 }: ImportFacts): string[] => {
  if (waiting_edits === 0) return [];
  const [is, waits, it] =
    waiting_edits === 1 ? ["edit", "waits", "its row"] : ["edits", "wait", "their rows"];
  return [`${formatCount(waiting_edits)} ${is} by hand ${waits}: no file that counts now has ${it}`];
};

const ratesText = ({ kept_rates = {}, imported_as }: Noted): string[] =>
  Object.entries(kept_rates).map(([currency, { kept, given }]) => {
    const [counting, now] = [kept, given.split(", ")].map((rates) =>
      listed(rates.map(shortRate), MOST_NAMES),
    );
    const rates = `at ${counting} US dollars, not at ${now}`;
    return imported_as === undefined
      ? `days that were in already: ${currency} still counts ${rates}, as first imported; to change that, undo their imports (aicost imports) and import the files again`
      : `${currency} still counts ${rates}, as first imported; to change that, undo it (aicost imports undo ${shortId(imported_as)}) and other imports of these days, and import the file again`;
  });

const MOST_NAMES = 3;

const reboundText = ({ rebound }: ImportFacts): string[] => {
  if (rebound === undefined) return [];
  const count = rebound.imports === 1 ? "counts" : "count";
  const say = rebound.imports === 1 ? "does not say whose it is" : "do not say whose they are";
  return [`${counted(rebound.imports, "earlier import")} that ${say} ${count} for another account now`];
};
