import { UserError } from "../errors.js";
import { decimal, plain } from "../money.js";
import type { PriceRow, Rate, RateTable } from "../record/price.js";
import { isObject } from "../system/json.js";
import { genaiRows, isGenai } from "./file-genai.js";
import { isLitellm, litellmRows } from "./file-litellm.js";

/** A price list as a file has it. */
export interface PriceFile {
  form: "LiteLLM" | "genai-prices" | "aicost";
  rows: PriceRow[];
}

/** LiteLLM's list has 3.5 MB. */
export const MOST_PRICE_BYTES = 32_000_000;

/** US dollars for a million tokens, or a thousand requests, that no list asks for. */
export const MOST_PRICE = decimal("100000");

const MOST_ROWS = 50_000;

/**
 * Reads a price list: LiteLLM's `model_prices_and_context_window.json`, genai-prices' `data.json`, or rows as aicost's own
 * overlay has them. @param name of the file, for messages
 * @throws UserError `price_file`
 */
export const parsePriceFile = (text: string, name: string): PriceFile => {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw wrongFile(name, "is not a whole JSON file: it is cut off or damaged", "Download it again.");
  }
  const file = read(content);
  if (file === null || file.rows.length === 0) {
    throw wrongFile(
      name,
      "is not a price list",
      "aicost reads LiteLLM's model_prices_and_context_window.json, the data.json of genai-prices, and its own form (see docs/prices.md).",
    );
  }
  if (file.rows.length > MOST_ROWS) throw wrongFile(name, "has too many prices", `The most is ${MOST_ROWS}.`);
  const rows = new Map<string, PriceRow>();
  for (const row of file.rows) {
    const checked = { ...row, rates: checkedRates(row, name) };
    // Of two equal names the later one holds.
    rows.set(JSON.stringify([row.provider, row.model, row.since]), checked);
  }
  return { form: file.form, rows: [...rows.values()] };
};

const read = (content: unknown): PriceFile | null => {
  if (isGenai(content)) return { form: "genai-prices", rows: genaiRows(content) };
  if (isLitellm(content)) return { form: "LiteLLM", rows: litellmRows(content) };
  const rows = isObject(content) ? content["rows"] : undefined;
  return Array.isArray(rows) && rows.every(isRow) ? { form: "aicost", rows: rows.map(ownRow) } : null;
};

const DATE = /^\d{4}-\d{2}-\d{2}$/;

const isRow = (row: unknown): row is PriceRow =>
  isObject(row) &&
  (row["provider"] === null || typeof row["provider"] === "string") &&
  typeof row["model"] === "string" &&
  (row["since"] === null || (typeof row["since"] === "string" && DATE.test(row["since"]))) &&
  isObject(row["rates"]);

const ownRow = ({ provider, model, since, rates }: PriceRow): PriceRow => ({ provider, model, since, rates });

/** @throws UserError `price_file` for a rate that cannot be one */
const checkedRates = ({ model, rates }: PriceRow, name: string): RateTable => {
  if (model === "" || model.length > 200)
    throw wrongFile(name, `has a model without a usable name (${model.slice(0, 40)})`);
  const checked: Record<string, Rate> = {};
  for (const [unit, rate] of Object.entries(rates)) {
    const wrong: Wrong = (value) =>
      wrongFile(
        name,
        `has a price of ${model} that cannot be right (${unit}: ${shown(value)})`,
        "Nothing was imported.",
      );
    checked[unit] = isTiered(rate) ? checkedTiers(rate, wrong) : checkedPrice(rate, wrong);
  }
  return checked;
};

type Wrong = (value: unknown) => UserError;

/** Files may hold anything. */
const isTiered = (rate: unknown): rate is { base: unknown; tiers: unknown[] } =>
  isObject(rate) && Array.isArray(rate["tiers"]);

const checkedTiers = ({ base, tiers }: { base: unknown; tiers: unknown[] }, wrong: Wrong): Rate => {
  const checked = tiers.map((tier) => {
    const { above, price } = isObject(tier) ? tier : {};
    if (typeof above !== "number" || !Number.isSafeInteger(above) || above < 0) throw wrong(tier);
    return { above, price: checkedPrice(price, wrong) };
  });
  return { base: checkedPrice(base, wrong), tiers: checked.sort((one, other) => one.above - other.above) };
};

const checkedPrice = (price: unknown, wrong: Wrong): string => {
  if (typeof price !== "string" || !/^-?\d{1,12}(?:\.\d{1,20})?$/.test(price)) throw wrong(price);
  const amount = decimal(price);
  if (amount.lt(0) || amount.gt(MOST_PRICE)) throw wrong(price);
  return plain(amount);
};

const shown = (value: unknown): string =>
  (value === undefined ? "nothing" : JSON.stringify(value)).slice(0, 40);

export const wrongFile = (name: string, what: string, hint?: string): UserError =>
  new UserError("price_file", `The file ${name} ${what}.`, hint);
