import { bashScript } from "./bash.js";
import { fishScript } from "./fish.js";
import { powershellScript } from "./powershell.js";
import { type CompletedCommand, commandTree, type Manifest } from "./tree.js";
import { zshScript } from "./zsh.js";

const SCRIPTS: Readonly<Record<string, (tree: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/** The completion script of every shell. @param manifest oclif.manifest.json */
export const completionScripts = (manifest: Manifest): Record<string, string> => {
  const tree = commandTree(manifest);
  return Object.fromEntries(Object.entries(SCRIPTS).map(([shell, script]) => [shell, script(tree)]));
};
