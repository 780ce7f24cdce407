import { type CompletedCommand, firstPlaces, firstWords, lines, longNames, type Values } from "./tree.js";

/** A script for bash 4 or newer. */
export const bashScript = (tree: readonly CompletedCommand[]): string => `# Completion of aicost for bash.
# Load it in ~/.bashrc with: eval "$(aicost completion bash)"

# Completes the last of several values with commas between: _aicost_words "day week"
_aicost_words() {
  local done=
  [[ $word == *,* ]] && done=\${word%,*},
  COMPREPLY=($(compgen -P "$done" -W "$1" -- "\${word##*,}"))
}

_aicost_files() {
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -f -- "$word"))
}

_aicost() {
  local IFS=$' \\t\\n' word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local first=\${COMP_WORDS[1]} second=\${COMP_WORDS[2]} command
  # bash takes --by=day as three words.
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _aicost_words "${firstWords(tree)
      .map(({ word }) => word)
      .join(" ")}"
    return
  fi
  command=$first
  case "$first $second" in
    ${longNames(tree)
      .map((name) => `"${name}"`)
      .join(" | ")}) ((COMP_CWORD > 2)) && command="$first $second" ;;
  esac
  case "$command $before" in
${lines(tree.flatMap(flagValues))}
  esac
  if [[ $word != -* ]]; then
    case $command in
${lines(firstArguments(tree))}
    esac
    return
  fi
  case $command in
${lines(tree.map(({ name, flags }) => `    "${name}") _aicost_words "${flags.map((flag) => `--${flag.name}`).join(" ")}" ;;`))}
  esac
}

complete -F _aicost aicost
`;

const completed = (values: Values): string =>
  values === "files" ? "_aicost_files" : values === "none" ? ":" : `_aicost_words "${values.join(" ")}"`;

const flagValues = ({ name, flags }: CompletedCommand): string[] =>
  flags
    .filter(({ values }) => values !== null)
    .map(({ name: flag, char, values }) => {
      const patterns = [`"${name} --${flag}"`, ...(char === null ? [] : [`"${name} -${char}"`])];
      return `    ${patterns.join(" | ")}) ${completed(values ?? "none")}; return ;;`;
    });

const firstArguments = (tree: readonly CompletedCommand[]): string[] =>
  firstPlaces(tree)
    .filter(({ first }) => first !== "none")
    .map(({ name, first }) => `      "${name}") ${completed(first)} ;;`);
