import { Flags } from "@oclif/core";
import { PLACEHOLDER_NAMES } from "../render/today-line.js";

/** The flag `--format` of `aicost today` and `aicost prompt`. */
export const formatFlag = Flags.string({
  summary: `what to print, with ${PLACEHOLDER_NAMES.join(", ")}`,
  helpValue: "TEXT",
});
