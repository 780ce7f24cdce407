import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { webAddress } from "../config/web-address.js";
import type { RateDay } from "../record/rates.js";
import { download } from "../server/download.js";
import { ecbDays } from "./ecb-table.js";
import { textOfRates } from "./file.js";
import { keptDays, mayLackDays } from "./kept-days.js";

/** Where the European Central Bank offers its files. */
const ADDRESS = "https://www.ecb.europa.eu/stats/eurofxref/";

/** The history has 0.7 MB. */
const MOST_BYTES = 4 * 1024 * 1024;

export interface FetchOptions {
  /** The last day that is stored; null if there is none. */
  last: string | null;
  /** Calendar date. */
  today: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}

/**
 * The days that are not stored: by the daily file if it can be the next one, else by the whole history.
 * @returns days in ascending order; none if the bank has published nothing since
 * @throws UserError `bad_rates_url`, `provider_failed`, `rates_unreadable`, and what `makeFetch` throws
 */
export const newDays = async ({ last, ...options }: FetchOptions): Promise<RateDay[]> => {
  if (last === null) return history(options);
  const [daily] = await daysIn("eurofxref.zip", options);
  if (daily === undefined || daily.day <= last) return [];
  return mayLackDays(last, daily.day) ? history(options) : [daily];
};

const history = async (options: Omit<FetchOptions, "last">): Promise<RateDay[]> =>
  keptDays(await daysIn("eurofxref-hist.zip", options));

const daysIn = async (
  file: string,
  { today, env, signal }: Omit<FetchOptions, "last">,
): Promise<RateDay[]> => {
  const url = new URL(file, addressIn(env));
  const response = await download(url, {
    what: file,
    mostBytes: MOST_BYTES,
    code: "provider_failed",
    way: "aicost rates import FILE",
    signal,
  });
  const folder = mkdtempSync(join(tmpdir(), "aicost-rates-"));
  try {
    const path = join(folder, file);
    writeFileSync(path, Buffer.from(await response.arrayBuffer()), { mode: 0o600 });
    return ecbDays(await textOfRates(path, url.href), url.href, today);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A mirror of the files, if the environment names one. */
const addressIn = ({ AICOST_RATES_URL: own }: NodeJS.ProcessEnv): URL => {
  if (own === undefined || own === "") return new URL(ADDRESS);
  const url = webAddress(own, {
    code: "bad_rates_url",
    what: "the address of a folder with rate files",
    example: `For example: AICOST_RATES_URL=${ADDRESS}`,
  });
  return new URL(url.href.endsWith("/") ? url.href : `${url.href}/`);
};
