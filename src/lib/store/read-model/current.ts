import { join } from "node:path";
import { latestVersion } from "../migrations.js";
import { modelFile, readModel } from "./file.js";
import type { ReadModel } from "./read-model.js";
import { stateOf } from "./state.js";

/** Where the files of the embedded database lie in a data folder. */
export const folderOf = (dataDir: string): string => join(dataDir, "database");

/** The read model of a data folder. @returns null if there is none of what the database holds now */
export const currentModel = (dataDir: string): ReadModel | null => {
  const model = readModel(modelFile(dataDir));
  return model !== null && isCurrent(model, dataDir) ? model : null;
};

/** Whether a model of a data folder is of what its database holds now. */
export const isCurrent = (model: ReadModel, dataDir: string): boolean =>
  model.schema === latestVersion() && model.state === stateOf(folderOf(dataDir));
