import { join } from "node:path";
import type { Place } from "../agent.js";
import type { AgentCall } from "../call.js";
import { hasSetting } from "../settings.js";

/** Where Claude Code keeps its settings and its transcripts. */
export const claudeHomes = ({ env, home }: Place): string[] => {
  const set = env["CLAUDE_CONFIG_DIR"];
  if (!set) return [join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "claude"), join(home, ".claude")];
  return set
    .split(",")
    .map((folder) => folder.trim())
    .filter(Boolean);
};

/** A key in the settings pays before a login does. */
export const claudePaidBy = (place: Place): AgentCall["paidBy"] => {
  const settings = claudeHomes(place).map((home) => join(home, "settings.json"));
  const hasKey = settings.some(
    (file) => hasSetting(file, "apiKeyHelper") || hasSetting(file, "env", "ANTHROPIC_API_KEY"),
  );
  if (hasKey) return "key";
  const accounts = [place.home, ...claudeHomes(place)].map((folder) => join(folder, ".claude.json"));
  return accounts.some((file) => hasSetting(file, "oauthAccount")) ? "plan" : null;
};
