import { nearest } from "../nearest.js";

/** The command that a mistyped one may stand for, within its topic if it has one. @param typed its words, and perhaps more */
export const nearestCommand = (typed: string, names: readonly string[]): string | undefined => {
  // What follows the first two words are arguments.
  const [topic = "", verb] = typed.split(" ");
  const inTopic = verb === undefined ? [] : names.filter((name) => name.startsWith(`${topic} `));
  return nearest([topic, verb].join(" ").trim(), inTopic.length > 0 ? inTopic : names)[0];
};
