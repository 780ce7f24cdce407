import { RANGE_FORMS } from "../../dates/ranges.js";
import { COLUMN_NAMES } from "../../reports/columns.js";
import { GROUP_NAMES } from "../../reports/groups.js";
import { own } from "../../system/own.js";

/** What a shell can complete after a flag. */
export type Values = readonly string[] | "files" | "none";

export interface CompletedFlag {
  name: string;
  char: string | null;
  summary: string;
  /** Null for a flag without a value. */
  values: Values | null;
  /** Whether it takes several values with commas between. */
  isList: boolean;
}

export interface CompletedCommand {
  /** As it is typed, of one or two words: `db archive`. */
  name: string;
  summary: string;
  flags: readonly CompletedFlag[];
  /** What may stand behind the command. */
  arguments: Values;
}

interface ManifestFlag {
  type: string;
  char?: string;
  summary?: string;
  options?: readonly string[];
  helpValue?: string;
  delimiter?: string;
}

interface ManifestCommand {
  summary?: string;
  hidden?: boolean;
  flags: Readonly<Record<string, ManifestFlag>>;
  args: Readonly<Record<string, { name: string; options?: readonly string[] }>>;
}

/** The parts of the command framework's manifest that are read here. */
export interface Manifest {
  commands: Readonly<Record<string, ManifestCommand>>;
}

const RANGES = RANGE_FORMS.split(/, | or /).filter((form) => /^(?:\d+[a-z]|[a-z-]+)$/.test(form));

/** Values of flags that the manifest does not list, because several are taken with commas between, or others too. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  by: GROUP_NAMES,
  columns: COLUMN_NAMES,
  range: RANGES,
  against: RANGES,
};

/** Of these, the ones that are lists. */
const LISTS = ["by", "columns"];

const FILES = /^(?:FILE|FOLDER)$/;

/** All commands, by name. @param manifest oclif.manifest.json */
export const commandTree = ({ commands }: Manifest): CompletedCommand[] =>
  Object.entries(commands)
    .filter(([, { hidden }]) => !hidden)
    .map(([id, { summary = "", flags, args }]) => ({
      name: id.replaceAll(":", " "),
      summary,
      flags: Object.entries(flags).map(([name, flag]) => ({
        name,
        char: flag.char ?? null,
        summary: flag.summary ?? "",
        values: flagValues(name, flag),
        isList: flag.delimiter === "," || LISTS.includes(name),
      })),
      arguments: argumentValues(Object.values(args)),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

const flagValues = (name: string, { type, options, helpValue = "" }: ManifestFlag): Values | null => {
  if (type === "boolean") return null;
  return options ?? own(KNOWN, name) ?? (FILES.test(helpValue) ? "files" : "none");
};

const argumentValues = ([first]: readonly { name: string; options?: readonly string[] }[]): Values =>
  first?.options ?? (first?.name === "file" ? "files" : "none");

/** The names of commands of two words. */
export const longNames = (tree: readonly CompletedCommand[]): string[] =>
  tree.map(({ name }) => name).filter((name) => name.includes(" "));

/** The first words of all commands, each with the words that may follow it. */
export const firstWords = (
  tree: readonly CompletedCommand[],
): { word: string; summary: string; next: string[] }[] => {
  const words = new Map<string, { word: string; summary: string; next: string[] }>();
  for (const { name, summary } of tree) {
    const [word = "", second] = name.split(" ");
    const entry = words.get(word) ?? { word, summary, next: [] };
    if (second !== undefined) entry.next.push(second);
    words.set(word, entry);
  }
  return [...words.values()];
};

/** What may stand first behind a command, or behind the first word of commands of two. */
export const firstPlaces = (
  tree: readonly CompletedCommand[],
): { name: string; command: CompletedCommand | undefined; first: Values }[] => {
  const next = new Map(firstWords(tree).map(({ word, next }) => [word, next]));
  const commands = new Map(tree.map((command) => [command.name, command]));
  return [...new Set([...next.keys(), ...commands.keys()])].map((name) => {
    const command = commands.get(name);
    const words = next.get(name) ?? [];
    return { name, command, first: words.length > 0 ? words : (command?.arguments ?? "none") };
  });
};

/** Parts of a script, a line each. */
export const lines = (texts: readonly string[]): string => texts.join("\n");
