import type { RateDayCounts } from "../api.js";
import { today } from "../dates/ranges.js";
import { type UserError, userErrorOf } from "../errors.js";
import type { Store } from "../store/store.js";
import { newDays } from "./fetch.js";

export interface RatesUpdate extends RateDayCounts {
  /** The last day that is stored. */
  last_day: string | null;
}

interface UpdateTools {
  /** Opens the store and closes it again, so that others can use it meanwhile. */
  inStore: <Result>(work: (store: Store) => Promise<Result>) => Promise<Result>;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}

/** Fetches what the European Central Bank has published since, and stores it. @throws what `newDays` throws */
export const updateRates = async ({ inStore, env, signal }: UpdateTools): Promise<RatesUpdate> => {
  const { ecb } = await inStore((store) => store.call("list_rates", {}));
  const last = ecb?.last_day ?? null;
  const days = await newDays({ last, today: today("UTC"), env, signal });
  if (days.length === 0) return { inserted: 0, updated: 0, unchanged: 0, last_day: last };
  const counts = await inStore((store) => store.call("add_rate_days", { days }));
  return { ...counts, last_day: days.at(-1)?.day ?? last };
};

/** What became of the rates at a sync; nothing if the user has not switched that on. */
export interface RatesAtSync {
  rates?: RatesUpdate;
  failure?: UserError;
}

/** If rates cannot be fetched, what was spent is collected all the same. @throws the reason of the signal */
export const ratesAtSync = async (isOn: boolean, tools: UpdateTools): Promise<RatesAtSync> => {
  if (!isOn) return {};
  try {
    return { rates: await updateRates(tools) };
  } catch (error) {
    tools.signal?.throwIfAborted();
    return { failure: userErrorOf(error) };
  }
};
