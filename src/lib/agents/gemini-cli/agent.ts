import { join } from "node:path";
import type { Agent, Place } from "../agent.js";
import type { AgentCall } from "../call.js";
import { settingIn } from "../settings.js";
import { projectsOf } from "./projects.js";
import { chatReader } from "./chat.js";

const CHAT = /^[^/]+\/chats\/.*\.(jsonl?)$/;
/** Chats that are being written, or were found damaged. */
const NOT_WHOLE = /\.(?:tmp|unreadable)-/;
const DEFAULT_DAYS = 30;
/** How somebody signs in who pays for each call. */
const KEYS: readonly unknown[] = ["gemini-api-key", "vertex-ai", "compute-default-credentials", "gateway"];

const homeOf = ({ env, home }: Place): string => join(env["GEMINI_CLI_HOME"] || home, ".gemini");
const settingsOf = (place: Place): string => join(homeOf(place), "settings.json");

export const geminiCli = {
  id: "gemini-cli",
  name: "Gemini CLI",
  roots: (place) => [join(homeOf(place), "tmp")],
  kindOf: (name) => {
    const [, ending] = NOT_WHOLE.test(name) ? [] : (CHAT.exec(name) ?? []);
    return ending === undefined ? undefined : ending === "json" ? "json" : "lines";
  },
  skips: (name) => name.includes("/") && !/^[^/]+\/chats(?:\/|$)/.test(name),
  marks: ['"tokens"', '"sessionId"'],
  deletesAfterDays: (place) => daysOf(settingIn(settingsOf(place), "general", "sessionRetention")),
  begin: (reading) => {
    const projectOf = projectsOf(homeOf(reading.place), reading.files);
    const paidBy = paidByOf(settingIn(settingsOf(reading.place), "security", "auth", "selectedType"));
    return {
      open: (file, carry) => chatReader(reading, { project: projectOf(file), paidBy }, carry),
      end: () => undefined,
    };
  },
} as const satisfies Agent;

const paidByOf = (signIn: unknown): AgentCall["paidBy"] =>
  signIn === "oauth-personal" ? "plan" : KEYS.includes(signIn) ? "key" : null;

const daysOf = (retention: unknown): number | null => {
  const { enabled, maxAge } = (retention ?? {}) as { enabled?: unknown; maxAge?: unknown };
  if (enabled === false) return null;
  const [, count, unit] = typeof maxAge === "string" ? (/^(\d+)([hdwm])$/.exec(maxAge) ?? []) : [];
  return count === undefined ? DEFAULT_DAYS : Math.floor(Number(count) * (DAYS[unit ?? "d"] ?? 1));
};

const DAYS: Partial<Record<string, number>> = { h: 1 / 24, d: 1, w: 7, m: 30 };
