import { existsSync } from "node:fs";
import type { HostedProfile, Profile } from "../config/profiles.js";
import { folderOf, isCurrent } from "../store/read-model/current.js";
import { dailySpend } from "../store/read-model/daily-spend.js";
import { modelFile, readModel } from "../store/read-model/file.js";
import type { ReadModel } from "../store/read-model/read-model.js";
import { aheadOf } from "../reports/expected.js";
import { daysOfToday, type TodaySpends, todaySpends } from "../reports/today.js";
import { todayQuery, withBudgets } from "./budgets.js";
import { clockIn } from "../dates/clock.js";
import { isKept, keptAnswer } from "./kept-answer.js";

export interface Known {
  /** Null if nothing is known. */
  spends: TodaySpends | null;
  /** When its read model was made; null without one. */
  madeAt: string | null;
  isOld: boolean;
}

/** For this long, a project's answer counts as current. */
const FRESH_MS = 5 * 60_000;

/** Without opening a database, making a request or waiting. */
export const knownToday = (profile: Profile, dataDir: string, now: Date): Known => {
  const { model, current, canBeAsked } =
    profile.kind === "embedded" ? embedded(dataDir, now) : hosted(profile, dataDir, now);
  return {
    spends: model && canBeAsked ? spendsOf(model, current, now) : null,
    madeAt: model?.made_at ?? null,
    isOld: canBeAsked && !current,
  };
};

interface Source {
  model: ReadModel | null;
  current: boolean;
  canBeAsked: boolean;
}

const embedded = (dataDir: string, now: Date): Source => {
  const model = readModel(modelFile(dataDir));
  return {
    model,
    current: model !== null && isCurrent(model, dataDir, now),
    // Without its database, the model is out of date.
    canBeAsked: existsSync(folderOf(dataDir)),
  };
};

const hosted = (profile: HostedProfile, dataDir: string, now: Date): Source => {
  const model = keptAnswer(profile, dataDir);
  const age = model === null ? NaN : now.getTime() - Date.parse(model.made_at);
  // An answer from the future was saved before the clock was set back.
  return { model, current: age >= 0 && age < FRESH_MS, canBeAsked: isKept(profile) };
};

const spendsOf = (model: ReadModel, current: boolean, now: Date): TodaySpends => {
  const { preferences, budgets, names } = model;
  const { timezone, currency, forecast_enabled } = preferences;
  const { date } = clockIn(timezone, now);
  const { from, to } = daysOfToday(date);
  const days = dailySpend(model, { from_date: from, to_date: to, split_by: ["model"] });
  const as_of = current ? now.toISOString() : model.made_at;
  const { coverage, rates } = model;
  const ahead = aheadOf(forecast_enabled ? model.forecast : null, model.due);
  const spends = todaySpends({ days, coverage, currency, rates, ahead }, { date, timezone, as_of, current });
  if (budgets.length === 0) return spends;
  const all = { ...model.budget_rates, ...(rates && { [currency]: rates }) };
  const rows = dailySpend(model, todayQuery(budgets, date));
  return withBudgets(spends, { budgets, rows, coverage, names, preferences, rates: all }, date);
};
