import { join } from "node:path";
import { latestVersion } from "../migrations.js";
import { modelFile, readModel } from "./file.js";
import type { ReadModel } from "./read-model.js";
import { stateOf } from "./state.js";

export const folderOf = (dataDir: string): string => join(dataDir, "database");

/** Null if there is none of what the database holds now. */
export const currentModel = (dataDir: string): ReadModel | null => {
  const model = readModel(modelFile(dataDir));
  return model !== null && isCurrent(model, dataDir) ? model : null;
};

export const isCurrent = (model: ReadModel, dataDir: string): boolean =>
  model.schema === latestVersion() && model.state === stateOf(folderOf(dataDir));
