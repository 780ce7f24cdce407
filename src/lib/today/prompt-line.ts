import { readConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import type { Folders } from "../system/folders.js";
import { chooseProfile, type Profile } from "../config/profiles.js";
import type { AgentSession } from "../render/session-text.js";
import {
  checkFormat,
  PLACEHOLDER_NAMES,
  SESSION_PLACEHOLDER_NAMES,
  statusLine,
  todayLine,
} from "../render/today-line.js";
import { isUnknown, type TodaySpend } from "../reports/today.js";
import { type Known, knownToday } from "./known.js";
import { mayRefresh } from "./refresh.js";

export interface PromptAnswer {
  /** Null if nothing is known. */
  line: string | null;
  spend: TodaySpend | null;
  /** The profile that this process must refresh in the background; null for none. */
  refresh: string | null;
}

export interface PromptOptions {
  format?: string | undefined;
  profile?: string | undefined;
  /** What a coding agent says of itself; undefined without one. */
  session?: AgentSession | undefined;
}

/** @throws UserError `unknown_placeholder`. A prompt is not to break, so this is for formats that a person just typed. */
export const checkPromptFormat = (format: string): void =>
  checkFormat(format, [...PLACEHOLDER_NAMES, ...SESSION_PLACEHOLDER_NAMES]);

/** It never waits, opens no database and makes no request. Other commands report files that cannot be read. */
export const promptAnswer = (
  { configDir, dataDir }: Folders,
  { format, profile: flag, session }: PromptOptions = {},
  now = new Date(),
): PromptAnswer => {
  const profile = profileIn(configDir, flag);
  const nothing: Known = { spends: null, madeAt: null, isOld: false };
  const { spends, madeAt, isOld } = profile === null ? nothing : knownToday(profile, dataDir, now);
  const shown = spends && !isUnknown(spends.spend) ? spends.shown : null;
  return {
    line: lineOf(shown, session, format),
    spend: spends?.spend ?? null,
    refresh: profile !== null && isOld && mayRefresh(dataDir, madeAt, now.getTime()) ? profile.name : null,
  };
};

const lineOf = (
  shown: TodaySpend | null,
  session: AgentSession | undefined,
  format: string | undefined,
): string | null => {
  if (session !== undefined) return statusLine(shown, session, format);
  return shown && todayLine(shown, format);
};

/** A wrong `--profile` is wrong usage; any other wrong profile was not typed just now. */
const profileIn = (configDir: string, flag: string | undefined): Profile | null => {
  try {
    return chooseProfile(readConfig(configDir), flag, process.env);
  } catch (error) {
    if (error instanceof UserError && (flag === undefined || error.code === "config_broken")) return null;
    throw error;
  }
};
