import { rmSync } from "node:fs";
import { join } from "node:path";
import { type HostedProfile, signedInAs } from "../config/profiles.js";
import { byMonth } from "../store/read-model/days.js";
import { readModel, writeModel } from "../store/read-model/file.js";
import type { ReadModel } from "../store/read-model/read-model.js";
import type { Budget, Coverage, DailySpend, Due, Names, Preferences, StoredForecast } from "../api.js";
import type { StoredRates } from "../record/rates.js";
import { makeFolder } from "../system/whole-file.js";

export interface Answer {
  preferences: Preferences;
  days: readonly DailySpend[];
  coverage: Coverage;
  /** What the currency of the preferences is converted with; null for dollars. */
  rates: StoredRates | null;
  /** The newest one of all spend; null if there is none. */
  forecast: StoredForecast | null;
  due: Due;
  budgets: Budget[];
  /** What projects and accounts are called, if a budget asks for it. */
  names: Names;
  /** As of the read model. */
  budget_rates: Readonly<Record<string, StoredRates>>;
}

/** Saves a project's answer for prompts, which make no request. If it cannot be saved, they know nothing. */
export const keepAnswer = (
  profile: HostedProfile,
  dataDir: string,
  { days, ...known }: Answer,
  now: Date,
): void => {
  const state = signedInAs(profile);
  if (state === null) return;
  try {
    makeFolder(dataDir);
  } catch {
    return;
  }
  const made_at = now.toISOString();
  const months = byMonth(days);
  const empty = { schema: "", providers: [], files: [], scans: {}, who: null };
  writeModel(answerFile(dataDir, profile.name), { ...empty, state, made_at, months, ...known });
};

/** Null unless it was given to the user who is signed in. */
export const keptAnswer = (profile: HostedProfile, dataDir: string): ReadModel | null => {
  const state = signedInAs(profile);
  const model = state === null ? null : readModel(answerFile(dataDir, profile.name));
  return model?.state === state ? model : null;
};

/** Whether answers of a project are saved: only if a user is signed in. */
export const isKept = (profile: HostedProfile): boolean => signedInAs(profile) !== null;

export const forgetAnswer = (dataDir: string, profile: string): void => {
  try {
    rmSync(answerFile(dataDir, profile), { force: true });
  } catch {
    // If it cannot be removed, none could be written either.
  }
};

const answerFile = (dataDir: string, profile: string): string => join(dataDir, `answer-${profile}`);
