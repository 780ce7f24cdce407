import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const script = (shell: string): string => path.join(root, "dist/completion", shell);

const isThere = (shell: string): boolean => spawnSync(shell, ["-c", ":"]).status === 0;

/** What is offered behind what was typed, sorted. */
type Complete = (typed: string) => string[];

const sorted = (text: string): string[] => text.split("\n").filter(Boolean).sort();

const inBash: Complete = (typed) => {
  // Readline takes "=" as a word of its own.
  const words = typed.split(/ |(?==)|(?<==)/);
  const run = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _aicost; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return sorted(
    execFileSync("bash", ["-c", run, "bash", script("bash"), ...words], { cwd: root, encoding: "utf8" }),
  );
};

const inFish: Complete = (typed) => {
  const run = `source $argv[1]; complete -C $argv[2]`;
  const said = execFileSync("fish", ["--no-config", "-c", run, script("fish"), typed], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, HOME: mkdtempSync(path.join(tmpdir(), "fish-")) },
  });
  return sorted(said.replaceAll(/\t.*$/gm, ""));
};

/** zsh completes only at a terminal: one of its own, in which every match is printed as it is added. */
const inZsh: Complete = (typed) => {
  const run = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; autoload -U compinit; compinit -u -D; source $1"
zpty -w shell 'compadd() { local -a found; builtin compadd -O found "$@"; print -rl -- match:$^found; builtin compadd "$@" }'
zpty -w shell 'zle -C show complete-word list; list() { _main_complete; compstate[insert]=; compstate[list]=; print done:; }; bindkey "^X" show'
zpty -w shell 'print ready:'
zpty -r -m shell text $'*\\nready:*'
zpty -w -n shell "$2"$'\\x18'
zpty -r -m shell text '*done:*'
print -r -- $text`;
  const said = execFileSync("zsh", ["-f", "-c", run, "zsh", script("zsh"), typed], {
    cwd: root,
    encoding: "utf8",
  });
  return [...new Set([...said.matchAll(/match:([^\r\n]+)/g)].map(([, word = ""]) => word))].sort();
};

const SHELLS: Record<string, Complete> = { bash: inBash, fish: inFish, zsh: inZsh };

describe.each(Object.entries(SHELLS).filter(([shell]) => isThere(shell)))(
  "completion in %s",
  (_shell, complete) => {
    it("offers commands, and the words that follow one", () => {
      expect(complete("aicost rep")).toEqual(["report", "reprice"]);
      expect(complete("aicost db ch")).toEqual(["check"]);
    });

    it("offers the flags of a command", () => {
      const offered = complete("aicost report --re");
      expect(offered.map((flag) => flag.replace(/=$/, ""))).toEqual(["--reverse"]);
    });

    it("offers the values of a flag and of an argument", () => {
      expect(complete("aicost report -r last-w")).toEqual(["last-week"]);
      expect(complete("aicost import --on-error a")).toEqual(["abort"]);
      expect(complete("aicost completion po")).toEqual(["powershell"]);
    });

    it("offers files", () => {
      expect(complete("aicost import LIC")).toEqual(["LICENSE"]);
    });
  },
);
