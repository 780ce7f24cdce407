import {
  type CompletedCommand,
  type CompletedFlag,
  firstPlaces,
  firstWords,
  lines,
  longNames,
} from "./tree.js";

/** A script for zsh 5 or newer. */
export const zshScript = (tree: readonly CompletedCommand[]): string => `#compdef aicost
# Completion of aicost for zsh.
# Load it in ~/.zshrc, after compinit, with: eval "$(aicost completion zsh)"

_aicost() {
  local context state line command=\${words[2]}
  typeset -A opt_args
  if (( CURRENT == 2 )); then
    local -a commands=(
${lines(firstWords(tree).map(({ word, summary }) => `      ${quoted(`${word}:${summary}`)}`))}
    )
    _describe command commands
    return
  fi
  case "\${words[2]} \${words[3]}" in
    ${longNames(tree).map(quoted).join(" | ")}) (( CURRENT > 3 )) && command="\${words[2]} \${words[3]}" ;;
  esac
  if [[ $command == *' '* ]]; then
    words=("aicost" "\${(@)words[4,-1]}")
    (( CURRENT -= 2 ))
  else
    words=("aicost" "\${(@)words[3,-1]}")
    (( CURRENT -= 1 ))
  fi
  case $command in
${lines(commandCases(tree))}
  esac
}

compdef _aicost aicost
`;

/** As one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const action = ({ values, isList }: Pick<CompletedFlag, "values" | "isList">): string => {
  if (values === "files") return "_files";
  if (values === "none" || values === null) return "";
  return isList ? `_values -s , value ${values.join(" ")}` : `(${values.join(" ")})`;
};

/** A flag, and what follows it, as `_arguments` reads them. */
const flagSpec = (flag: CompletedFlag): string[] => {
  const text = flag.summary.replaceAll(/[[\]:]/g, (mark) => `\\${mark}`);
  const value = flag.values === null ? "" : `:value:${action(flag)}`;
  const spec = (typed: string): string => quoted(`*${typed}[${text}]${value}`);
  const long = flag.values === null ? `--${flag.name}` : `--${flag.name}=`;
  return [spec(long), ...(flag.char === null ? [] : [spec(`-${flag.char}`)])];
};

const commandCases = (tree: readonly CompletedCommand[]): string[] =>
  firstPlaces(tree).map(({ name, command, first }) => {
    const specs = [
      ...(command?.flags ?? []).flatMap(flagSpec),
      ...(first === "none"
        ? []
        : [quoted(first === "files" ? "*:file:_files" : `1:word:(${first.join(" ")})`)]),
    ];
    return `    ${quoted(name)}) _arguments -S ${specs.join(" ")} ;;`;
  });
