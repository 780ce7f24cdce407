import { readConfig } from "../config/config.js";
import { own } from "../system/own.js";
import { type NoticeTarget, type NoticeTopic, targetProblem, targetText } from "../notices/target.js";
import { type Check, type Finding, ok, wrong } from "./check.js";

/** Where notices go that this machine sends: whether that is still there, and whether the last one could be sent. */
export const notices: Check = {
  name: "notices",
  look: ({ configDir, profile }) => {
    const targets = Object.entries(own(readConfig(configDir).notices ?? {}, profile().name) ?? {}) as [
      NoticeTopic,
      NoticeTarget,
    ][];
    if (targets.length === 0) return null;
    const problem = targets.flatMap(([topic, target]) => problemOf(topic, target) ?? [])[0];
    if (problem !== undefined) return problem;
    return ok(targets.map(([topic, target]) => `of ${topic}: ${targetText(target)}`).join("; "));
  },
};

const problemOf = (topic: NoticeTopic, target: NoticeTarget): Finding | null => {
  const gone = targetProblem(target);
  if (gone !== null)
    return wrong(
      `those of ${topic} cannot be sent: ${gone}`,
      `aicost ${topic} notify --command /path/to/script --test`,
    );
  if (target.failed === undefined) return null;
  const { at, why } = target.failed;
  const cause = why.replace(/^The notice was not sent: /, "").replace(/\.$/, "");
  return wrong(
    `one of ${topic} could not be sent on ${at.slice(0, 10)}: ${cause}`,
    `aicost ${topic} notify --test`,
  );
};
