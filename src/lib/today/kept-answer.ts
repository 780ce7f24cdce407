import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { HostedProfile } from "../config/profiles.js";
import { monthsOf } from "../store/read-model/days.js";
import { readModel, writeModel } from "../store/read-model/file.js";
import type { ReadModel } from "../store/read-model/read-model.js";
import type { DailySpend, Preferences } from "../api.js";

/** What a project answered about the days of this month. */
export interface Answer {
  preferences: Preferences;
  days: readonly DailySpend[];
}

/** Keeps what a project answered, for prompts, which do not ask it. Where it cannot be kept, they know nothing. */
export const keepAnswer = (
  profile: HostedProfile,
  dataDir: string,
  { preferences, days }: Answer,
  now: Date,
): void => {
  const state = whoseIs(profile);
  if (state === null) return;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch {
    return;
  }
  const made_at = now.toISOString();
  const months = monthsOf(days);
  const empty = { schema: "", providers: [], files: [] };
  writeModel(answerFile(dataDir, profile.name), { ...empty, state, made_at, preferences, months });
};

/** What a project answered last to the user who is signed in. @returns null where that is not known */
export const keptAnswer = (profile: HostedProfile, dataDir: string): ReadModel | null => {
  const state = whoseIs(profile);
  const model = state === null ? null : readModel(answerFile(dataDir, profile.name));
  return model?.state === state ? model : null;
};

/** Whether what a project answers is kept: somebody is signed in to it. */
export const isKept = (profile: HostedProfile): boolean => whoseIs(profile) !== null;

/** Forgets what a project answered, when nobody is signed in to it any more. */
export const forgetAnswer = (dataDir: string, profile: string): void => {
  try {
    rmSync(answerFile(dataDir, profile), { force: true });
  } catch {
    // Where it may not be removed, none was written.
  }
};

const answerFile = (dataDir: string, profile: string): string => join(dataDir, `answer-${profile}`);

/** The project and the user that an answer is for; null for an access token of the environment, which may be anybody's. */
const whoseIs = ({ token, url, saved }: HostedProfile): string | null =>
  token === undefined && saved?.url === url && saved.session !== undefined
    ? JSON.stringify([url, saved.session.user_id])
    : null;
