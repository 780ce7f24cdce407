import { join } from "node:path";
import { clockIn } from "../../dates/clock.js";
import { latestVersion } from "../migrations.js";
import { modelFile, readModel } from "./file.js";
import type { ReadModel } from "./read-model.js";
import { stateOf } from "./state.js";

export const folderOf = (dataDir: string): string => join(dataDir, "database");

/** Null if there is none of what the database holds now. */
export const currentModel = (dataDir: string): ReadModel | null => {
  const model = readModel(modelFile(dataDir));
  return model !== null && isCurrent(model, dataDir, new Date()) ? model : null;
};

export const isCurrent = (model: ReadModel, dataDir: string, now: Date): boolean =>
  model.schema === latestVersion() && model.state === stateOf(folderOf(dataDir)) && !isOver(model, now);

/** Whether a charge of a subscription is due that it does not have: its days are those of one state, up to a day. */
export const isOver = ({ due, preferences }: Pick<ReadModel, "due" | "preferences">, now: Date): boolean =>
  due.next_due !== null && clockIn(preferences.timezone, now).date >= due.next_due;
