import type { Answer } from "../answer.js";
import type { ProviderApi } from "../api.js";

/** What xAI says of a management key. Each of them may ask. */
export const askKey = (api: ProviderApi): Promise<Answer> => api.get("/auth/management-keys/validation");

/** The id of the team whose key it is: `teamId`, or `scopeId` if the key is scoped to a team. */
export const teamOf = (key: Answer): string | null => {
  const isTeams = ["SCOPE_TEAM", null].includes(key.text("scope"));
  const scoped = isTeams ? (key.text("scopeId") ?? key.text("scope_id")) : null;
  return key.text("teamId") ?? key.text("team_id") ?? scoped;
};
