import { readConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import type { Folders } from "../system/folders.js";
import { chooseProfile, type Profile } from "../config/profiles.js";
import { checkFormat, todayLine } from "../render/today-line.js";
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
}

/** It never waits, opens no database and makes no request. Other commands report files that cannot be read. */
export const promptAnswer = (
  { configDir, dataDir }: Folders,
  { format, profile: flag }: PromptOptions = {},
  now = new Date(),
): PromptAnswer => {
  if (format !== undefined) checkFormat(format);
  const profile = profileIn(configDir, flag);
  if (profile === null) return { line: null, spend: null, refresh: null };
  const { spends, madeAt, isOld }: Known = knownToday(profile, dataDir, now);
  return {
    line: spends && !isUnknown(spends.spend) ? todayLine(spends.shown, format) : null,
    spend: spends?.spend ?? null,
    refresh: isOld && mayRefresh(dataDir, madeAt, now.getTime()) ? profile.name : null,
  };
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
