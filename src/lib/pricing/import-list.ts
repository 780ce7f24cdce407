import { createHash, randomUUID } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { formatBytes } from "../bytes.js";
import { systemCode, UserError } from "../errors.js";
import { unreadable } from "../files/unreadable.js";
import { MOST_PRICE_BYTES, parsePriceFile, type PriceFile, wrongFile } from "../prices/file.js";
import { pricerOf } from "../prices/pricer.js";
import type { Store } from "../store/store.js";
import { ALL_DAYS, type EstimateResult, writeEstimates } from "./estimates.js";

/** A price list as it was read. */
export interface ReadList extends PriceFile {
  /** Of its file. */
  name: string;
  /** Hex. */
  sha256: string;
}

/** What became of a price list. */
export interface ImportedList {
  id: string;
  name: string;
  form: PriceFile["form"];
  prices: number;
  /** The first day on which it holds. */
  since: string;
  sha256: string;
  /** The list was in already. */
  is_known: boolean;
  /** What had no price, and has one now. */
  filled: EstimateResult;
  /** Records whose estimates would be other ones by this list: they stay, unless they are priced again. */
  differing: number;
}

/** @throws UserError `price_file`, and what cannot be read */
export const readPriceFile = (path: string): ReadList => {
  const name = basename(path);
  let bytes: Buffer;
  try {
    const { size } = statSync(path);
    if (size > MOST_PRICE_BYTES) {
      throw wrongFile(
        name,
        `has ${formatBytes(size)}`,
        `A price list has ${formatBytes(MOST_PRICE_BYTES)} at most.`,
      );
    }
    bytes = readFileSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT")
      throw new UserError("file_missing", `The file ${path} does not exist.`);
    throw unreadable(path, error);
  }
  return priceListOf(bytes.toString("utf8"), name);
};

/** @throws UserError `price_file` */
export const priceListOf = (text: string, name: string): ReadList => ({
  ...parsePriceFile(text, name),
  name,
  sha256: createHash("sha256").update(text).digest("hex"),
});

/** Imports a price list, and prices what had no price. Estimates that are there stay. @param since UTC date */
export const importPriceList = async (
  store: Store,
  { rows, form, name, sha256 }: ReadList,
  since: string,
): Promise<ImportedList> => {
  const { lists } = await store.call("get_prices", {});
  const known = lists.find((list) => list.sha256 === sha256 && list.since === since);
  const head = { id: known?.id ?? randomUUID(), source_name: name, format: "prices", sha256 } as const;
  if (known === undefined) {
    await store.call("add_price_list", { import: { ...head, first_day: null, last_day: null }, since, rows });
  }
  const pricer = await pricerOf(store);
  let differing = 0;
  const filled = await writeEstimates(store, pricer, head, {
    ...ALL_DAYS,
    onlyUnpriced: true,
    onKept: () => differing++,
    dryRun: false,
  });
  return {
    id: head.id,
    name,
    form,
    prices: rows.length,
    since,
    sha256,
    is_known: known !== undefined,
    filled,
    differing,
  };
};
