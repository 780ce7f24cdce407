import { webAddress } from "../config/web-address.js";
import { UserError } from "../errors.js";
import { MOST_PRICE_BYTES } from "../prices/file.js";
import { makeFetch } from "../server/http.js";
import { priceListOf, type ReadList } from "./import-list.js";

/** The list of genai-prices, as its package names it. */
export const PRICE_LIST_URL =
  "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json";

const LIMITS = { tries: 3, tryMs: 60_000, lastTryMs: 60_000, pauseMs: 250, askedMs: 20_000 };

/**
 * Fetches a price list. @param address https, or this machine
 * @throws UserError `bad_price_url`, `price_download`, `price_file`, `answer_too_large`, and what `makeFetch` throws
 */
export const downloadPriceList = async (address: string, signal?: AbortSignal): Promise<ReadList> => {
  const url = webAddress(address, {
    code: "bad_price_url",
    what: "the address of a price list",
    example: `For example: --url ${PRICE_LIST_URL}`,
  });
  const fetchList = makeFetch(
    {
      fateOf: ({ status }) => (status >= 500 || status === 429 ? "not_done" : "final"),
      addressHint: () => "Check the address, and your connection.",
    },
    () => "freely",
    { ...LIMITS, mostBytes: MOST_PRICE_BYTES },
  );
  const answer = await fetchList(url.href, signal ? { signal } : {});
  if (!answer.ok) {
    throw new UserError(
      "price_download",
      `${url.host} answered ${answer.status} instead of a price list.`,
      "Run the command again later, or download the file yourself and use: aicost prices import FILE",
    );
  }
  return priceListOf(await answer.text(), `${url.host}${url.pathname}`);
};
