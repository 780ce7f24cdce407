import type { StoredCredential, SyncState } from "../api.js";
import { decimal, parseAmount, plain } from "../money.js";

/** What a provider said is left of prepaid credit. US dollars. */
export interface KnownBalance {
  provider: string;
  /** When it said so, RFC 3339. */
  at: string;
  balance_usd: string;
}

/** The feeds that remember a balance, as `USD` and `at`. */
const TELLING: readonly string[] = ["deepseek-balance", "openrouter-analytics-api"];

/**
 * What `aicost sync` remembers of balances. Those of several accounts of a provider are added up; of several keys of one
 * account, the newest counts.
 */
export const knownBalances = (credentials: readonly StoredCredential[]): KnownBalance[] => {
  const newest = new Map<string, KnownBalance>();
  for (const { provider, metadata, syncs } of credentials)
    for (const found of syncs.flatMap((sync) => balanceIn(provider, sync))) {
      const key = JSON.stringify([provider, metadata.account]);
      const before = newest.get(key);
      if (before === undefined || before.at < found.at) newest.set(key, found);
    }
  const sums = new Map<string, KnownBalance>();
  for (const each of newest.values()) {
    const other = sums.get(each.provider);
    sums.set(
      each.provider,
      other === undefined
        ? each
        : {
            provider: each.provider,
            at: other.at < each.at ? other.at : each.at,
            balance_usd: plain(decimal(other.balance_usd).plus(each.balance_usd)),
          },
    );
  }
  return [...sums.values()];
};

const balanceIn = (provider: string, { feed, memory }: SyncState): KnownBalance[] => {
  const { at, USD } = memory ?? {};
  if (!TELLING.includes(feed) || typeof at !== "string") return [];
  const usd = parseAmount(String(USD ?? ""));
  return usd === null ? [] : [{ provider, at, balance_usd: plain(usd) }];
};
