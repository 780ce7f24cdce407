import { webAddress } from "../config/web-address.js";
import { MOST_PRICE_BYTES } from "../prices/file.js";
import { download } from "../server/download.js";
import { priceListOf, type ReadList } from "./import-list.js";

/** The list of genai-prices, as its package names it. */
export const PRICE_LIST_URL =
  "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json";

/**
 * Fetches a price list. @param address https, or this machine
 * @throws UserError `bad_price_url`, `price_download`, `price_file`, and what `download` throws
 */
export const downloadPriceList = async (address: string, signal?: AbortSignal): Promise<ReadList> => {
  const url = webAddress(address, {
    code: "bad_price_url",
    what: "the address of a price list",
    example: `For example: --url ${PRICE_LIST_URL}`,
  });
  const answer = await download(url, {
    what: "a price list",
    mostBytes: MOST_PRICE_BYTES,
    code: "price_download",
    way: "aicost prices import FILE",
    signal,
  });
  return priceListOf(await answer.text(), `${url.host}${url.pathname}`);
};
