import type { Answer } from "../answer.js";
import { isRefusal, type ProviderApi, type Query } from "../api.js";

/**
 * Where the Admin API answers and how it takes the key. Mistral's documentation moved from
 * `console.mistral.ai/api/admin` to `api.mistral.ai/v1/admin` in 2026, with the key in `x-api-key`; its generated
 * reference has `api.mistral.ai/api/admin` and a bearer. So both headers are sent, and only `x-api-key` if that is
 * refused. UNVERIFIED: no answer of a live server was seen.
 */
export interface Way {
  path: string;
  isBearerToo: boolean;
}

const WAYS: readonly Way[] = ["/v1/admin", "/api/admin"].flatMap((path) => [
  { path, isBearerToo: true },
  { path, isBearerToo: false },
]);

export const askUsage = (api: ProviderApi, way: Way, query: Query): Promise<Answer> =>
  api.get(`${way.path}/usage`, query, way.isBearerToo ? {} : { headers: { authorization: "" } });

/** The first way that leads to usage. @throws the `Refusal` that says most, if none does */
export const findWay = async (api: ProviderApi, query: Query): Promise<Way> => {
  let said: unknown;
  for (const way of WAYS) {
    try {
      await askUsage(api, way, query);
      return way;
    } catch (error) {
      if (!isRefusal(error, 401, 403, 404)) throw error;
      if (!isRefusal(said, 401, 403)) said = error;
    }
  }
  throw said;
};

export const factsOf = ({ path, isBearerToo }: Way) => ({ admin_path: path, bearer_too: isBearerToo });

export const wayIn = (facts: Readonly<Record<string, unknown>>): Way | null => {
  const { admin_path, bearer_too } = facts;
  return WAYS.find(({ path, isBearerToo }) => path === admin_path && isBearerToo === bearer_too) ?? null;
};
