import Big from "big.js";

/** An exact decimal amount. Money is never a floating-point number in this program. */
export type Decimal = Big;

/** What the database keeps: numeric(18,10). */
export const SCALE = 10;
const LIMIT = new Big("1e8");

export const ZERO: Decimal = new Big(0);

/** @throws if the text is not a number */
export const decimal = (text: string): Decimal => new Big(text);

export const sum = (amounts: Iterable<string>): Decimal => {
  let total = ZERO;
  for (const amount of amounts) total = total.plus(amount);
  return total;
};

/**
 * As `plain(sum(amounts))`, but several times as fast for amounts as the database keeps them: with ten decimals at most.
 */
export const plainSum = (amounts: readonly string[]): string => {
  const [first = "0"] = amounts;
  if (amounts.length < 2 && CANONICAL.test(first)) return first;
  // As a number while that is exact, which is several times as fast.
  let small = 0;
  let large = 0n;
  for (const amount of amounts) {
    const point = amount.indexOf(".");
    const decimals = point === -1 ? "" : amount.slice(point + 1);
    if (decimals.length > SCALE || amount.includes("e")) return plain(sum(amounts));
    const units = (point === -1 ? amount : amount.slice(0, point)) + decimals.padEnd(SCALE, "0");
    const number = Number(units);
    if (Number.isSafeInteger(number) && Number.isSafeInteger(small + number)) small += number;
    else large += BigInt(units);
  }
  return plainOf(large === 0n ? small : large + BigInt(small));
};

/** As `plain` writes an amount. */
const CANONICAL = /^(?:0|-?[1-9]\d*|-?(?:0|[1-9]\d*)\.\d*[1-9])$/;

/** A whole number of units of the last decimal that the database keeps, as `plain` writes it. */
const plainOf = (units: bigint | number): string => {
  const digits = String(units < 0 ? -units : units).padStart(SCALE + 1, "0");
  const decimals = digits.slice(-SCALE).replace(/0+$/, "");
  return `${units < 0 ? "-" : ""}${digits.slice(0, -SCALE)}${decimals === "" ? "" : `.${decimals}`}`;
};

/** A plain decimal string without exponent, trailing zeros or negative zero: what the JSON output holds. */
export const plain = (amount: Decimal): string => (amount.eq(0) ? "0" : amount.toFixed());

/**
 * Rounded half-even to 10 decimals; null if too large for numeric(18,10). An amount below 5e-11 is kept as 0: a
 * hundred million of them are half a cent.
 */
export const stored = (amount: Decimal): string | null => {
  const kept = toScale(amount);
  return kept.abs().gte(LIMIT) ? null : plain(kept);
};

/**
 * A whole number of units of the last decimal that the database keeps, as `stored` writes it; null if that is too large for
 * numeric(18,10).
 */
export const storedUnits = (units: bigint | number): string | null =>
  units >= UNIT_LIMIT || units <= -UNIT_LIMIT ? null : plainOf(units);

const UNIT_LIMIT = BigInt(LIMIT.times(`1e${SCALE}`).toFixed());

/** The sign between the whole and the decimals of a number. */
export type DecimalMark = "point" | "comma";

/** What a text means with a decimal point, and what with a decimal comma; null if it is not a number so written. */
export interface AmountReadings {
  point: Decimal | null;
  comma: Decimal | null;
  /** The currencies that each sign or code beside the number may stand for. */
  currencies: readonly (readonly string[])[];
}

/** As machines write it: most amounts of a large file. */
const PLAIN = /^\d+(?:\.\d+)?$/;

const BOTH: readonly DecimalMark[] = ["point", "comma"];

/**
 * The forms of a number without its sign. `1,234` and `1.234` have two; no number with thousands begins with 0, so that
 * `0,125` is an eighth. Spaces of all widths are plain ones here, and apostrophes straight.
 */
const FORMS: readonly { form: RegExp; marks: readonly DecimalMark[]; thousands?: RegExp }[] = [
  { form: /^\d+(?:e[+-]?\d{1,5})?$/i, marks: BOTH },
  { form: /^(?:\d+\.\d*|\.\d+)(?:e[+-]?\d{1,5})?$/i, marks: ["point"] },
  { form: /^(?:\d+,\d*|,\d+)(?:e[+-]?\d{1,5})?$/i, marks: ["comma"] },
  { form: /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/, marks: ["point"], thousands: /,/g },
  // Of lakhs and crores, as in India: 12,34,567.50
  { form: /^[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d*)?$/, marks: ["point"], thousands: /,/g },
  { form: /^[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?$/, marks: ["comma"], thousands: /\./g },
  { form: /^[1-9]\d{0,2}([ '])\d{3}(?:\1\d{3})*$/, marks: BOTH, thousands: /[ ']/g },
  { form: /^[1-9]\d{0,2}([ '])\d{3}(?:\1\d{3})*\.\d*$/, marks: ["point"], thousands: /[ ']/g },
  { form: /^[1-9]\d{0,2}([ '])\d{3}(?:\1\d{3})*,\d*$/, marks: ["comma"], thousands: /[ ']/g },
];

const DOLLARS = ["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS"];

/** What stands beside an amount, in lower case, and the currencies that it may mean. Codes stand for themselves. */
const SIGNS: Readonly<Record<string, readonly string[]>> = {
  $: DOLLARS,
  us$: ["USD"],
  ca$: ["CAD"],
  c$: ["CAD"],
  a$: ["AUD"],
  au$: ["AUD"],
  nz$: ["NZD"],
  s$: ["SGD"],
  hk$: ["HKD"],
  nt$: ["TWD"],
  mx$: ["MXN"],
  r$: ["BRL"],
  "€": ["EUR"],
  "£": ["GBP"],
  "¥": ["JPY", "CNY"],
  "￥": ["JPY", "CNY"],
  "cn¥": ["CNY"],
  "jp¥": ["JPY"],
  元: ["CNY"],
  円: ["JPY"],
  "₹": ["INR"],
  rs: ["INR", "PKR", "LKR", "NPR"],
  "rs.": ["INR", "PKR", "LKR", "NPR"],
  kr: ["SEK", "NOK", "DKK", "ISK"],
  "kr.": ["SEK", "NOK", "DKK", "ISK"],
  fr: ["CHF"],
  "fr.": ["CHF"],
  sfr: ["CHF"],
  "sfr.": ["CHF"],
  zł: ["PLN"],
  kč: ["CZK"],
  ft: ["HUF"],
  "₩": ["KRW"],
  "₽": ["RUB"],
  "₺": ["TRY"],
  "₪": ["ILS"],
  "₫": ["VND"],
  "₴": ["UAH"],
  "₱": ["PHP"],
  "₦": ["NGN"],
  "฿": ["THB"],
};

/** ISO 4217, in use: other three letters beside a number are words. */
const CODES: ReadonlySet<string> = new Set(
  (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF " +
    "CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD " +
    "HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD " +
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN " +
    "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY " +
    "TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
  ).split(" "),
);

const SPACES = /[\u00a0\u2000-\u200a\u202f\u205f\u3000\t]/g;
/** A tab separates cells, not thousands. */
const TWO_CELLS = /\d\t+\d/;
const MINUSES = /[\u2212\u2012\u2013\ufe63\uff0d]/g;
const APOSTROPHES = /[\u2019\u02bc\u00b4`]/g;

/** The rest of a text that has other signs than these in it is not a number. */
const MAY_BE_NUMBER = /\d/;

/** Longer text has more than a number and a currency. */
const LONGEST = 160;

const UNIT = String.raw`[^\d\s.,'()+-][^\d\s,'()+-]{0,4}`;
const DIGITS = String.raw`[\d.,](?:[\d.,' ]*[\d.,])?(?:[eE][+-]?\d{1,5}(?!\d))?`;
const SIGNED = new RegExp(
  `^(?<before>[+-])? ?(?<left>${UNIT})? ?(?<inner>[+-])? ?(?<digits>${DIGITS}) ?(?<right>${UNIT})?(?<after>-)?$`,
);
const IN_PARENTHESES = new RegExp(`^(${UNIT})? ?\\( ?([^()]*?) ?\\) ?(${UNIT})?$`);

/**
 * The meanings of an amount as people, providers and spreadsheets write it: with signs of currencies, spaces of any
 * width, apostrophes, parentheses for a negative one, `="1.50"`, and exponents. @returns null if it is not a number
 */
export const amountReadings = (text: string): AmountReadings | null => {
  if (text.length > LONGEST) {
    const amount = PLAIN.test(text) ? new Big(text) : null;
    return amount && { point: amount, comma: /^\d+$/.test(text) ? amount : null, currencies: [] };
  }
  if (!MAY_BE_NUMBER.test(text) || TWO_CELLS.test(text)) return null;
  const body = unwrapped(text)
    .replace(SPACES, " ")
    .replace(MINUSES, "-")
    .replace(APOSTROPHES, "'")
    .replace(/ {2,}/g, " ")
    .trim();
  const [, outerLeft, inner, outerRight] = IN_PARENTHESES.exec(body) ?? [];
  const isNegative = inner !== undefined;
  const groups = SIGNED.exec(inner ?? body)?.groups;
  if (groups === undefined) return null;
  const { before, left, inner: middle, digits = "", right, after } = groups;
  const signs = [before, middle, after].filter((sign) => sign !== undefined);
  // (-5) may be -5 or 5.
  if (signs.length > (isNegative ? 0 : 1)) return null;
  const currencies: (readonly string[])[] = [];
  for (const unit of [outerLeft, left, right, outerRight]) {
    if (unit === undefined) continue;
    const meant = currenciesOf(unit);
    if (meant === null) return null;
    currencies.push(meant);
  }
  const negative = isNegative || signs[0] === "-";
  const point = readAs(digits, "point", negative);
  const comma = readAs(digits, "comma", negative);
  return point === null && comma === null ? null : { point, comma, currencies };
};

/** Spreadsheets are told to keep text as it is by `="1.50"`. */
export const unwrapped = (text: string): string =>
  text.startsWith('="') && text.endsWith('"') && text.length > 2 ? text.slice(2, -1) : text;

const currenciesOf = (unit: string): readonly string[] | null => {
  const folded = unit.toLowerCase();
  if (Object.hasOwn(SIGNS, folded)) return SIGNS[folded] ?? null;
  const code = unit.toUpperCase();
  return CODES.has(code) ? [code] : null;
};

const readAs = (digits: string, mark: DecimalMark, negative: boolean): Decimal | null => {
  const found = FORMS.find(({ form, marks }) => marks.includes(mark) && form.test(digits));
  if (found === undefined) return null;
  const amount = new Big(digits.replace(found.thousands ?? "", "").replace(",", "."));
  return negative ? amount.neg() : amount;
};

/** The predicate of a sentence about an amount whose sign or code is of another currency; null if none is. */
export const currencyProblem = ({ currencies }: AmountReadings, currency: string): string | null => {
  const other = currencies.find((meant) => !meant.includes(currency));
  if (other === undefined) return null;
  return `is in ${other === DOLLARS ? "dollars" : other.join(" or ")}, but amounts here are in ${currency}`;
};

/**
 * Reads an amount that a person typed or a machine wrote: `1204.50`, `$1,204.50`, `1.204,50 €`, `-0.01`, `(0.01)`, `1.2e-7`.
 * A point and three digits are decimals. A single comma is refused, because people write thousands and decimals with it.
 * @param currency ISO 4217; a sign or code of another one is refused @returns why, as the predicate of a sentence, and
 * what to write instead if that is known
 */
export const typedAmount = (text: string, currency = "USD"): TypedAmount => {
  if (PLAIN.test(text)) return { value: new Big(text) };
  const readings = amountReadings(text);
  if (readings === null) return { wrong: "is not an amount" };
  const problem = currencyProblem(readings, currency);
  if (problem !== null) return { wrong: problem };
  const { point, comma } = readings;
  const isSingle =
    comma !== null && /^[^.,]*,[^.,]*$/.test(text) && !/\d[\s'’]\d/.test(text) && !point?.eq(comma);
  const value = point ?? comma;
  if (value === null || isSingle) return { wrong: AMBIGUOUS_COMMA, write: unambiguous(readings) };
  return { value };
};

export type TypedAmount = { value: Decimal } | { wrong: string; write?: string };

/** The predicate of a sentence about an amount with a single comma. */
export const AMBIGUOUS_COMMA = "is ambiguous, because of its comma";

/** What to write instead of such an amount: `1.234 or 1234`. */
export const unambiguous = ({ point, comma }: Pick<AmountReadings, "point" | "comma">): string =>
  [comma, point].flatMap((amount) => (amount === null ? [] : [shown(plain(amount))])).join(" or ");

const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

/** Like `typedAmount`; null if it is refused. */
export const parseAmount = (text: string, currency = "USD"): Decimal | null => {
  const reading = typedAmount(text, currency);
  return "value" in reading ? reading.value : null;
};

/** Half-even. */
export const rounded = (amount: Decimal, decimals: number): Decimal =>
  amount.round(decimals, Big.roundHalfEven);

/** Half-even, to as many decimals as the database keeps: more of a sum or a quotient mean nothing. */
export const toScale = (amount: Decimal): Decimal => rounded(amount, SCALE);

/** Decimals of a quotient: many more than are printed, so that a sum of a hundred thousand of them is still exact. */
const QUOTIENT_SCALE = 40;
/** What is left of these when such a sum is rounded. */
const SURE_SCALE = 25;

const Precise = Big();
Precise.DP = QUOTIENT_SCALE;

/** With forty decimals; as many as the database keeps are right for any amount that it can hold. */
export const quotient = (amount: Decimal, divisor: Decimal): Decimal =>
  decimal(new Precise(amount).div(divisor).toFixed());

/** Half away from zero, once: for sums of quotients, in which a half of the last digit is still one. */
export const roundedOnce = (amount: Decimal, decimals: number): Decimal =>
  rounded(amount, SURE_SCALE).round(decimals, Big.roundHalfUp);

/** With one decimal, for example `12.5`; null if `whole` is zero. */
export const percentOf = (part: Decimal, whole: Decimal): string | null =>
  plainPercentOf(plain(part), plain(whole));

/** Whole percent, rounded towards zero: 100 only if that much is reached. @param whole not zero */
export const wholePercent = (part: string, whole: string): string =>
  plain(decimal(part).times(100).div(whole).round(0, Big.roundDown));

/** The same of amounts as `plain` writes them, several times as fast. */
export const plainPercentOf = (part: string, whole: string): string | null => {
  if (whole === "0") return null;
  const [above, below] = asIntegers(part, whole);
  const tenths = halfEven(above * 1000n, below);
  const digits = String(tenths < 0n ? -tenths : tenths).padStart(2, "0");
  return `${tenths < 0n ? "-" : ""}${digits.slice(0, -1)}.${digits.slice(-1)}`;
};

/** Both by the same power of ten, so that neither has decimals: dividing these is several times as fast. */
const asIntegers = (...amounts: [string, string]): [bigint, bigint] => {
  const [one, two] = amounts.map((amount) => amount.split(".")) as [string[], string[]];
  const places = Math.max(one[1]?.length ?? 0, two[1]?.length ?? 0);
  const integer = ([whole = "", decimals = ""]: string[]): bigint =>
    BigInt(whole + decimals.padEnd(places, "0"));
  return [integer(one), integer(two)];
};

/** The quotient as a whole number; one that ends in exactly a half becomes even. */
export const halfEven = (above: bigint, below: bigint): bigint => {
  const quotient = above / below;
  const rest = above % below;
  const isBelowZero = above < 0n !== below < 0n;
  const twice = 2n * (rest < 0n ? -rest : rest);
  const size = below < 0n ? -below : below;
  const isUp = twice > size || (twice === size && quotient % 2n !== 0n);
  return isUp ? quotient + (isBelowZero ? -1n : 1n) : quotient;
};

/** Digits with a comma between thousands: `1234567.5` → `1,234,567.5`. */
export const grouped = (digits: string): string => digits.replace(/\B(?<!\.\d*)(?=(?:\d{3})+(?!\d))/g, ",");

/** `1 row`, `1,234 rows`. */
export const counted = (count: number, what: string): string =>
  `${grouped(String(count))} ${what}${count === 1 ? "" : "s"}`;

/**
 * A decimal string for people: `$1,235.50`, rounded half-even to cents. An amount below a cent has two significant
 * digits, `$0.00017`, so that only zero is `$0.00`.
 */
export const formatUsd = (amount: string): string => {
  const value = decimal(amount);
  const digits = usdDigits(value.abs());
  return value.lt(0) ? `-$${digits}` : `$${digits}`;
};

const usdDigits = (amount: Decimal): string => {
  if (amount.eq(0) || amount.gte(CENT)) return grouped(rounded(amount, 2).toFixed(2));
  return rounded(amount, 1 - amount.e)
    .toFixed()
    .replace(/\.(\d)$/, ".$10");
};

const CENT = decimal("0.01");
