import { basename } from "node:path";
import type { Provider } from "../api.js";
import { excelDate, isoDay, type DateOrder, DATE_ORDERS } from "../csv/dates.js";
import {
  currenciesOf,
  guessColumns,
  type Guessed,
  type Guesses,
  providersNamedIn,
  providersOfModels,
} from "../csv/guess.js";
import { type Mapping, mappingText, type MapTarget } from "../csv/mapper.js";
import { EXCEL_DAY } from "../csv/row.js";
import { capped } from "../csv/short-text.js";
import { type StartColumn, tableStart, type TableStart } from "../csv/table-start.js";
import { isArchive } from "../archive/format.js";
import type { AmbiguousDates, AmbiguousNumbers } from "../csv/survey.js";
import { UserError } from "../errors.js";
import { isReadableAgain, type Source } from "../files/source.js";
import { findSources } from "../files/sources.js";
import type { DecimalMark } from "../money.js";
import { parseProvider } from "../record/provider-name.js";
import { parseCurrency, parseRate } from "../record/currency.js";
import { type Question, refusedBy } from "../terminal/prompt.js";
import type { CheckedFile } from "./check.js";
import { checkFiles, type CheckFilesOptions, openTables } from "./check-files.js";
import { givenDate, type ImportFlags, type ImportSettings, parseMapName } from "./settings.js";

/** The flags that a person chose by answering questions: what `import` would do with them, typed. */
export interface GuidedFlags extends ImportFlags {
  "on-error"?: CheckFilesOptions["onError"];
}

/** What is known before the first question. */
export interface GuideFacts {
  /** What the user typed besides. */
  flags: ImportFlags;
  dryRun: boolean;
  fileName: string;
  providers: readonly Provider[];
  /** Names of mappings that are taken. */
  maps: readonly string[];
}

/** What the questions need of the program. */
export interface GuideTools {
  /** Puts questions, and closes the store meanwhile. */
  ask: (questions: readonly Question[]) => Promise<Record<string, string>>;
  /** Shows the header and the first rows. */
  showStart: (start: TableStart) => void;
  /** Shows what a file turned out to hold. */
  showFound: (checked: CheckedFile) => void;
  /** Reads the file from end to end, and writes nothing. */
  check: (flags: ImportFlags) => Promise<CheckedFile>;
}

/** `declined` if the user does not want to map the file, `stopped` if not to import what it turned out to hold. */
export type GuideEnd = GuidedFlags | "declined" | "stopped";

/** What was chosen so far. */
interface Chosen {
  mapping: Mapping;
  flags: ImportFlags;
}

const flagsOf = ({ mapping, flags }: Chosen): ImportFlags => ({ ...flags, map: mappingText(mapping) });

/**
 * Asks what the columns of a file hold that no format knows. Nothing is written.
 * @throws UserError `interrupted` on Ctrl+C; what `check` throws, unless a question helps
 */
export const guide = async (start: TableStart, facts: GuideFacts, tools: GuideTools): Promise<GuideEnd> => {
  tools.showStart(start);
  if (!(await wantsToMap(facts, tools))) return "declined";
  for (;;) {
    const chosen = await readable(await chooseColumns(start, facts, tools), tools);
    tools.showFound(chosen.checked);
    const next = await decide(chosen.checked, facts, tools);
    if (next === "again") continue;
    if (next === "stop") return "stopped";
    const flags = flagsOf(chosen);
    const kept = next === "save" ? { ...flags, "save-map": await nameOf(flags, facts, tools) } : flags;
    return chosen.checked.rejected > 0 ? { ...kept, "on-error": "skip" } : kept;
  }
};

/** One question with fixed answers. */
const choose = async (
  { ask }: Pick<GuideTools, "ask">,
  message: string,
  choices: NonNullable<Question["choices"]>,
): Promise<string> => (await ask([{ name: "answer", message, choices }]))["answer"] ?? "";

/** One question with a free answer. */
const enter = async (
  { ask }: Pick<GuideTools, "ask">,
  message: string,
  check: NonNullable<Question["check"]>,
  given?: string,
): Promise<string> => {
  const question = { name: "answer", message, check, ...(given !== undefined && { default: given }) };
  return (await ask([question]))["answer"] ?? "";
};

const wantsToMap = async ({ fileName }: GuideFacts, tools: GuideTools): Promise<boolean> => {
  const answer = await choose(
    tools,
    `aicost does not know the columns of ${basename(fileName)}. Say what they hold, and import it?`,
    [
      { name: "Yes, ask me", value: "yes" },
      { name: "No", value: "no" },
    ],
  );
  return answer === "yes";
};

const chooseColumns = async (start: TableStart, facts: GuideFacts, tools: GuideTools): Promise<Chosen> => {
  const guesses = guessColumns(start);
  const mapping: Mapping = {};
  let left = start;
  const column = async (message: string, target: Guessed, isNeeded = false): Promise<StartColumn | null> => {
    const found = await chooseColumn(left, { message, guess: guesses[target], isNeeded }, tools);
    if (found === null) return null;
    mapping[target] = { column: found.name };
    left = { columns: left.columns.filter((other) => other !== found) };
    return found;
  };
  const isDated = facts.flags.date !== undefined || facts.flags.period !== undefined;
  if (!isDated) await column("Which column is the date?", "date");
  const dated = isDated || mapping.date !== undefined ? {} : await chooseDate(tools);
  const cost = await column("Which column is the cost?", "cost");
  if (cost === null) {
    const tokens = await column("Which column is the number of tokens?", "tokens");
    await column("Which column is the number of calls?", "requests", tokens === null);
  }
  const models = await column("Which column is the model?", "model");
  const provider = await chooseProvider(left, { guesses, models }, facts, tools);
  if ("column" in provider) mapping.provider = { column: provider.column };
  for (const [target, message] of WHOSE) {
    // Most files do not say it.
    if (left.columns.some(({ name }) => name === guesses[target])) await column(message, target);
  }
  const currency = cost === null ? {} : await chooseCurrency(left, cost, guesses, tools);
  if ("column" in currency) mapping.currency = { column: currency.column };
  const flags = {
    ...facts.flags,
    ...dated,
    ...("flags" in provider && provider.flags),
    ...("flags" in currency && currency.flags),
  };
  return { mapping, flags };
};

const WHOSE = [
  ["project", "Which column is the project, workspace or team?"],
  ["key", "Which column is the name of the API key?"],
] as const;

const NONE = "none";
const EXAMPLE_LENGTH = 24;
const NAME_LENGTH = 40;

interface ColumnQuestion {
  message: string;
  guess: string | undefined;
  /** One of them must be chosen. */
  isNeeded?: boolean;
}

/** The guess comes first; without one, that no column is right. */
const chooseColumn = async (
  { columns }: TableStart,
  { message, guess, isNeeded = false }: ColumnQuestion,
  tools: GuideTools,
): Promise<StartColumn | null> => {
  const options = columns.map((column, index) => ({ name: choiceOf(column), value: String(index) }));
  const first = columns.findIndex(({ name }) => name === guess);
  const none = isNeeded ? [] : [{ name: "None of them", value: NONE }];
  const others = options.filter((_, index) => index !== first);
  const guessed = options[first];
  const choices = guessed === undefined ? [...none, ...others] : [guessed, ...others, ...none];
  return columns[Number(await choose(tools, message, choices))] ?? null;
};

const choiceOf = ({ name, cells }: StartColumn): string => {
  const example = cells.find((cell) => cell !== "");
  const shown = example === undefined ? "empty" : `such as ${capped(example, EXAMPLE_LENGTH)}`;
  return `${capped(name, NAME_LENGTH)} (${shown})`;
};

const chooseDate = async (tools: GuideTools): Promise<Pick<ImportFlags, "date">> => {
  const message = "When were the charges? A day or a month, such as 2026-11-05 or 2026-11:";
  return {
    date: await enter(
      tools,
      message,
      refusedBy((date) => givenDate({ date })),
    ),
  };
};

type ChosenPart = { column: string } | { flags: ImportFlags };

const OTHER = "other";
const COLUMN = "column";

const chooseProvider = async (
  start: TableStart,
  { guesses, models }: { guesses: Guesses; models: StartColumn | null },
  { providers, fileName }: GuideFacts,
  tools: GuideTools,
): Promise<ChosenPart> => {
  const guess = guesses.provider;
  const named = providersNamedIn([basename(fileName), ...start.columns.map(({ name }) => name)], providers);
  const names = providers.map(({ name }) => name);
  const fromColumn = {
    name: guess === undefined ? "A column says it" : `What the column “${guess}” says`,
    value: COLUMN,
  };
  const makers = providersOfModels(models?.cells ?? [], providers);
  const listed = [...new Set([...named, ...makers, ...names])].map((name) => ({ name, value: `=${name}` }));
  const other = { name: "Another one", value: OTHER };
  const choices = guess === undefined ? [...listed, other, fromColumn] : [fromColumn, ...listed, other];
  const answer = await choose(tools, "Which provider charged this?", choices);
  if (answer.startsWith("=")) return { flags: { provider: answer.slice(1) } };
  if (answer === COLUMN) {
    const question = { message: "Which column is the provider?", guess };
    const column = guess ?? (await chooseColumn(start, question, tools))?.name;
    if (column !== undefined) return { column };
  }
  const provider = parseProvider(await enter(tools, "Name of the provider:", refusedBy(parseProvider)));
  return { flags: { provider, ...(!names.includes(provider) && { "add-providers": true }) } };
};

/** Offered if a file does not say its currency. */
const COMMON_CURRENCIES = ["USD", "EUR", "GBP", "CNY", "JPY", "INR", "CHF"];

/** Asked only if neither a column, nor its name, nor a cell says it. */
const chooseCurrency = async (
  start: TableStart,
  cost: StartColumn,
  guesses: Guesses,
  tools: GuideTools,
): Promise<ChosenPart | Record<string, never>> => {
  const guess = guesses.currency;
  if (guess !== undefined) {
    const column = await chooseColumn(start, { message: "Which column is the currency?", guess }, tools);
    if (column !== null) return { column: column.name };
  }
  const meant = currenciesOf(cost);
  if (meant.includes("USD")) return {};
  const [only] = meant.length === 1 ? meant : [];
  if (only !== undefined) return { flags: { currency: only } };
  const codes = meant.length > 0 ? meant : COMMON_CURRENCIES;
  const choices = [
    ...codes.map((code) => ({ name: code, value: code })),
    { name: "Another one", value: OTHER },
  ];
  const answer = await choose(tools, `In which currency are the amounts of “${cost.name}”?`, choices);
  const currency =
    answer === OTHER
      ? parseCurrency(await enter(tools, "Its three letters, such as SEK:", refusedBy(parseCurrency)))
      : answer;
  return currency === "USD" ? {} : { flags: { currency } };
};

/** Reads the file, and asks what it leaves open: how it writes dates and numbers, and the rate of its currency. */
const readable = async (first: Chosen, tools: GuideTools): Promise<Chosen & { checked: CheckedFile }> => {
  let chosen = first;
  for (;;) {
    try {
      const checked = await tools.check(flagsOf(chosen));
      const style = await dateStyle(chosen.mapping, checked, tools);
      if (style === null) return { ...chosen, checked };
      chosen = styled(chosen, "date", style);
    } catch (error) {
      chosen = await clarified(chosen, error, tools);
    }
  }
};

type Style = NonNullable<NonNullable<Mapping[MapTarget]>["style"]>;

const styled = ({ mapping, flags }: Chosen, target: MapTarget, style: Style): Chosen => {
  const column = mapping[target];
  return column === undefined
    ? { mapping, flags }
    : { mapping: { ...mapping, [target]: { ...column, style } }, flags };
};

/** @throws the error, if no answer helps */
const clarified = async (chosen: Chosen, error: unknown, tools: GuideTools): Promise<Chosen> => {
  if (!(error instanceof UserError)) throw error;
  if (error.code === "currency_rate_missing") {
    const { currency } = error.details as { currency: string };
    const rate = (answer: string): string => `${currency}=${answer}`;
    const check = refusedBy((answer) => parseRate(rate(answer)));
    const answer = await enter(tools, `US dollars for one ${currency}:`, check);
    return { ...chosen, flags: { ...chosen.flags, rate: [...(chosen.flags.rate ?? []), rate(answer)] } };
  }
  if (error.code === "dates_ambiguous") {
    const { example, spans } = error.details as unknown as AmbiguousDates;
    const choices = DATE_ORDERS.flatMap((order) => {
      const { first, last } = spans[order] ?? {};
      const dates = first === last ? first : `${first} to ${last}`;
      return dates === undefined ? [] : [{ name: `${ORDER_NAMES[order]}: ${dates}`, value: order }];
    });
    const order = await choose(tools, `How are dates such as ${example} to be read?`, choices);
    return styled(chosen, "date", order as DateOrder);
  }
  const { target, totals, example } = error.details as Partial<AmbiguousNumbers>;
  if (error.code !== "numbers_ambiguous" || target === undefined || totals === undefined) throw error;
  const message = `Numbers such as ${example} can be read in two ways. Which sign stands before the decimals?`;
  const mark = await choose(tools, message, [
    { name: `The point: the column adds up to ${totals.point}`, value: "point" },
    { name: `The comma: the column adds up to ${totals.comma}`, value: "comma" },
  ]);
  return styled(chosen, target as MapTarget, mark as DecimalMark);
};

const ORDER_NAMES: Readonly<Record<DateOrder, string>> = {
  DMY: "Day first",
  MDY: "Month first",
  YMD: "Year first",
};

/** Null if the dates can be read, or are no dates at all. */
const dateStyle = async (
  { date }: Mapping,
  { rejects }: CheckedFile,
  tools: GuideTools,
): Promise<Style | null> => {
  const rejected = rejects.find(({ reason }) => reason === EXCEL_DAY);
  if (rejected === undefined || date?.style !== undefined) return null;
  const day = excelDate(rejected.value);
  const choices = [
    { name: `As days of Excel: ${day === null ? "" : isoDay(day)}`, value: "excel" },
    { name: "In no way: it is not the date", value: NONE },
  ];
  const answer = await choose(tools, `How are dates such as ${rejected.value} to be read?`, choices);
  return answer === NONE ? null : "excel";
};

const decide = async (
  { records, rejected }: CheckedFile,
  { dryRun }: GuideFacts,
  tools: GuideTools,
): Promise<string> => {
  const again = { name: "Choose the columns again", value: "again" };
  const stop = { name: "No, import nothing", value: "stop" };
  if (records === 0) return choose(tools, "No row of it can be imported so.", [again, stop]);
  const what = rejected > 0 ? "only these rows" : "them";
  const yes = dryRun
    ? [{ name: `Yes, show what importing ${what} would change`, value: "yes" }]
    : [
        { name: `Yes, import ${what}, and save the mapping for the next file of this kind`, value: "save" },
        { name: `Yes, import ${what}`, value: "yes" },
      ];
  // What is wrong with the other rows is to be seen first.
  const choices = rejected > 0 ? [again, ...yes, stop] : [...yes, again, stop];
  return choose(tools, rejected > 0 ? "Import the other rows?" : "Import these rows?", choices);
};

/** A name for the mapping that no other one has. */
const nameOf = (
  { provider = "mapping" }: ImportFlags,
  { maps }: GuideFacts,
  tools: GuideTools,
): Promise<string> => {
  let offered = provider;
  for (let number = 2; maps.includes(offered); number++) offered = `${provider}-${number}`;
  const check = (name: string): string | null =>
    refusedBy(parseMapName)(name) ??
    (maps.includes(name) ? `There is a mapping “${name}” already. Choose another name.` : null);
  return enter(tools, "Name of the mapping:", check, offered);
};

const withSources = async <Result>(
  path: string,
  signal: AbortSignal,
  work: (sources: readonly Source[]) => Promise<Result>,
): Promise<Result> => {
  const { sources, forget } = await findSources([path], { isArchive, signal });
  try {
    return await work(sources);
  } finally {
    forget();
  }
};

/** The first rows of a file that holds one table. @returns null if it holds none or several, or can be read only once */
export const startAlone = async (path: string, signal: AbortSignal): Promise<TableStart | null> =>
  isReadableAgain(path)
    ? withSources(path, signal, async ([source, other]) =>
        source === undefined || other !== undefined ? null : tableStart(source),
      )
    : null;

/**
 * Reads a file from end to end as an import does before it writes.
 * @throws what `findSources`, `openTables` and `checkFiles` throw, but nothing for refused rows
 */
export const checkAlone = (
  path: string,
  settings: ImportSettings,
  options: Omit<CheckFilesOptions, "onError">,
): Promise<CheckedFile> =>
  withSources(path, options.signal, async (sources) => {
    const tables = await openTables(sources, settings, options);
    const [file] = await checkFiles(tables, settings, { ...options, onError: "skip" });
    if (file === undefined) throw new Error("A file was not read.");
    return file.checked;
  });

/** The words of the flags that were chosen, as they are typed after those that were typed before. */
export const guidedWords = (guided: GuidedFlags, typed: ImportFlags): string[] => {
  const flags = ["map", "provider", "currency", "date", "period", "save-map", "on-error"] as const;
  const words = flags.flatMap((flag) => {
    const value = guided[flag];
    return value === undefined || value === (typed as GuidedFlags)[flag] ? [] : [`--${flag}`, value];
  });
  const rates = (guided.rate ?? []).filter((rate) => !typed.rate?.includes(rate));
  const adds = guided["add-providers"] && !typed["add-providers"] ? ["--add-providers"] : [];
  return [...words, ...rates.flatMap((rate) => ["--rate", rate]), ...adds];
};
