import { amountReadings } from "../money.js";
import { isProviderName } from "../record/provider-name.js";
import { isCurrencyCode } from "../record/currency.js";
import { looksLikeExcelDay } from "./dates.js";
import { currenciesInName } from "./named-currency.js";
import type { StartColumn, TableStart } from "./table-start.js";
import { isDateLike, NO_AMOUNT } from "./values.js";

/** What may be guessed from names and cells; a person decides. */
const GUESSED = [
  "date",
  "cost",
  "model",
  "provider",
  "currency",
  "tokens",
  "requests",
  "project",
  "key",
] as const;

export type Guessed = (typeof GUESSED)[number];

/** How a column of a target is called in English, German, French, Spanish, Italian, Dutch and Swedish, without accents. */
interface Names {
  /** The whole name. */
  whole: RegExp;
  /** A word of it. */
  word: RegExp;
  /** Words of columns that hold something else. */
  other: RegExp;
  /** Whether the cells that are not empty can be of the target. */
  fits: (cells: readonly string[]) => boolean;
}

const CURRENCY_WORD = "(?:usd|eur|gbp|us dollars?|dollars?|euros?)";

const NAMES: Readonly<Record<Guessed, Names>> = {
  date: {
    whole:
      /^(?:date|day|datum|tag|month|monat|period|timestamp|time|jour|mois|fecha|dia|mes|data|giorno|mese|dag|maand|manad|created(?: at)?|usage date|start(?: time| date)?)$/,
    word: /\b(?:date|datetime|day|datum|timestamp|time|month|monat|period|fecha|data|created|zeit\w*|zeitraum|start)\b/,
    other:
      /\b(?:end|ends|ended|until|to|due|bis|fin|paid|payment|updated|modified|expir\w*|invoice|rechnungs\w*|number|zone|latency|billing)\b/,
    // A total has no date.
    fits: (cells) => cells.filter(mayBeDate).length >= cells.length * MOST_DATES,
  },
  cost: {
    whole: new RegExp(
      `^(?:(?:total|net) )?(?:costs?|amount|amt|spend|charges?|(?:sub ?)?total|betrag|kosten|gesamt(?:betrag|kosten)|montant|cout|importe|coste|importo|costo|bedrag|belopp|kostnad)(?: (?:in )?${CURRENCY_WORD})?$`,
    ),
    word: /\b(?:costs?|amount|spend|spent|charges?|charged|billed|price|betrag|kosten|preis|montant|cout|prix|importe|coste|importo|costo|bedrag|belopp|kostnad|usd|eur|total)\b/,
    other:
      /\b(?:unit|per|rate|list|effective|usage amount|savings|tokens?|count|quantity|qty|requests?|calls?|balance|limit|budget|id|tax|vat|mwst|tva|discount|percent|share|exchange|input|output|cached?|cumulative|running|remaining|hours?|seconds?|date|type|center|centre|code|estimated|before|credits?)\b/,
    fits: (cells) => cells.some(isNumber) && cells.every((cell) => isNumber(cell) || isNoAmount(cell)),
  },
  model: {
    whole: /^(?:model|modell|modele|modelo|modello|model (?:name|id)|engine)$/,
    word: /\b(?:model|modell|modele|modelo|modello|deployment|sku|slug|meter name|line item)\b/,
    other: /\b(?:provider|type|count|anbieter)\b/,
    fits: (cells) => cells.some(isWords) && cells.every((cell) => !isDateLike(cell)),
  },
  provider: {
    whole: /^(?:(?:api |ai )?(?:provider|vendor|anbieter|supplier|fournisseur|proveedor)(?: name)?)$/,
    word: /\b(?:provider|vendor|anbieter|supplier)\b/,
    other: /\b(?:id|key|count|type)\b/,
    fits: (cells) =>
      cells.every((cell) => /\p{L}/u.test(cell) && isProviderName(cell.toLowerCase().replace(/\s+/g, "-"))),
  },
  currency: {
    whole: /^(?:(?:billing )?currency(?: code)?|wahrung|devise|moneda|valuta|divisa|ccy|curr)$/,
    word: /\b(?:currency|wahrung|devise|moneda|valuta)\b/,
    other: /\brate\b/,
    fits: (cells) => cells.every(isCurrencyCode),
  },
  tokens: {
    whole: /^(?:(?:total|all) )?(?:tokens|token count)$/,
    word: /\btokens\b/,
    other: /\b(?:context|generated|input|output|prompt|completion|cached?|reasoning|per|max|cost|price)\b/,
    fits: (cells) => cells.every(isCount),
  },
  requests: {
    whole: /^(?:(?:total|num|number of|model|api) )*(?:requests?|calls?)(?: count)?$/,
    word: /\b(?:requests|calls)\b/,
    other: /\b(?:id|per|failed|cost|price|type|tokens?)\b/,
    fits: (cells) => cells.every(isCount),
  },
  project: {
    whole: /^(?:project|projekt|projet|proyecto|progetto|workspace|team)(?: name)?$/,
    word: /\b(?:project|projekt|workspace|team)\b/,
    other: /\b(?:type|status|count|owner|lead|number)\b/,
    fits: (cells) => cells.some(isWords),
  },
  key: {
    whole: /^(?:api )?key(?: (?:name|alias))?$/,
    word: /\b(?:api key|key name|key alias)\b/,
    other: /\b(?:type|status|count|created|expires|hash|disabled)\b/,
    fits: (cells) => cells.some(isWords),
  },
};

/** Of all cells. */
const MOST_DATES = 0.5;

const mayBeDate = (cell: string): boolean => isDateLike(cell) || looksLikeExcelDay(cell);

const isNumber = (cell: string): boolean => amountReadings(cell) !== null;

/** A word that stands for no amount, or for one that is not known. */
const isNoAmount = (cell: string): boolean => NO_AMOUNT.test(cell) || /^(?:nan|n\/a|null)$/i.test(cell);

const isWords = (cell: string): boolean => /\p{L}/u.test(cell);

const isCount = (cell: string): boolean => /^\d[\d., '’\u00a0\u202f]*$/.test(cell);

const WHOLE = 6;
const WORD = 3;
const OTHER = 5;

/** `UsageDate (UTC)` → `usage date utc`. */
const plainName = (name: string): string =>
  name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ")
    .replace(/\$/g, " usd ")
    .replace(/€/g, " eur ")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** Above 0 if the column may hold the target. */
const weightOf = ({ name, cells }: StartColumn, { whole, word, other, fits }: Names): number => {
  const filled = cells.filter((cell) => cell !== "");
  if (filled.length === 0 || !fits(filled)) return 0;
  const plain = plainName(name);
  return (whole.test(plain) ? WHOLE : 0) + (word.test(plain) ? WORD : 0) - (other.test(plain) ? OTHER : 0);
};

/** The columns that probably hold each target: by their names, and only if their cells can. */
export type Guesses = Partial<Record<Guessed, string>>;

export const guessColumns = ({ columns }: TableStart): Guesses => {
  const guesses: Guesses = {};
  const left = new Set(columns);
  for (const target of GUESSED) {
    const weighed = [...left].map((column) => ({ column, weight: weightOf(column, NAMES[target]) }));
    const [best] = weighed.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
    const found = best?.column ?? onlyOne(target, [...left]);
    if (found === undefined) continue;
    guesses[target] = found.name;
    left.delete(found);
  }
  return guesses;
};

/** Whatever their names are: the only column of dates; the only one of numbers with decimals. */
const onlyOne = (target: Guessed, columns: readonly StartColumn[]): StartColumn | undefined => {
  const isLike = target === "date" ? isDates : target === "cost" ? isDecimals : undefined;
  const found =
    isLike === undefined
      ? []
      : columns.filter(({ name, cells }) => !NAMES[target].other.test(plainName(name)) && isLike(cells));
  return found.length === 1 ? found[0] : undefined;
};

const isDates = (cells: readonly string[]): boolean => {
  const filled = cells.filter((cell) => cell !== "");
  return filled.length > 0 && filled.every((cell) => isDateLike(cell) && !isNumber(cell));
};

const isDecimals = (cells: readonly string[]): boolean => {
  const filled = cells.filter((cell) => cell !== "");
  return filled.every(isNumber) && filled.some((cell) => /\d[.,]\d/.test(cell));
};

/**
 * The currencies that the name of a column or its cells may mean, ISO 4217: of `$` all kinds of dollars. None if nothing
 * names one.
 */
export const currenciesOf = ({ name, cells }: StartColumn): readonly string[] => {
  const inCells = cells.flatMap((text) => amountReadings(text)?.currencies ?? []);
  const named = [...currenciesInName(name), ...inCells];
  const [first = [], ...others] = named;
  return first.filter((code) => others.every((codes) => codes.includes(code)));
};

/** The known providers that a file name or its columns name, the likeliest first. */
export const providersNamedIn = (
  texts: readonly string[],
  known: readonly { name: string; display_name: string }[],
): string[] => {
  const all = ` ${texts.map(plainName).join(" ")} `;
  return known
    .filter(({ name, display_name }) =>
      [name, display_name].some((word) => all.includes(` ${plainName(word)} `)),
    )
    .map(({ name }) => name);
};

/** What the models of a provider are called. */
const FAMILIES: readonly { provider: string; model: RegExp }[] = [
  { provider: "openai", model: /^(?:gpt|chatgpt|o[1-9]|text-embedding|dall-e|whisper|codex)\b/i },
  { provider: "anthropic", model: /^claude\b/i },
  { provider: "google-ai-studio", model: /^gem(?:ini|ma)\b/i },
  {
    provider: "mistral",
    model: /^(?:open-)?(?:mi[sx]tral|ministral|codestral|magistral|devstral|pixtral)\b/i,
  },
  { provider: "deepseek", model: /^deepseek\b/i },
  { provider: "xai", model: /^grok\b/i },
];

/** The known provider that makes all models of some cells; none if they are of several, or of others. */
export const providersOfModels = (
  cells: readonly string[],
  providers: readonly { name: string }[],
): string[] => {
  const filled = cells.filter((cell) => cell !== "");
  return FAMILIES.flatMap(({ provider, model }) =>
    filled.length > 0 &&
    filled.every((cell) => model.test(cell)) &&
    providers.some(({ name }) => name === provider)
      ? [provider]
      : [],
  );
};
