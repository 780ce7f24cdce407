import { latestVersion } from "../store/migrations.js";
import { type Check, ok } from "./check.js";

export const versions: Check = {
  name: "versions",
  look: ({ version }) => ok(`aicost ${version}, Node.js ${process.versions.node}, schema ${latestVersion()}`),
};
