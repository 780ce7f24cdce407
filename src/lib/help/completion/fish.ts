import { type CompletedCommand, type CompletedFlag, firstWords, lines } from "./tree.js";

/** A script for fish 3 or newer. */
export const fishScript = (tree: readonly CompletedCommand[]): string => `# Completion of aicost for fish.
# Load it in ~/.config/fish/config.fish with: aicost completion fish | source

# Whether these words, and perhaps others, stand behind aicost.
function __aicost_at
    set -l words (commandline -opc)
    set -l rest $words[2..-1]
    test (count $rest) -ge (count $argv); or return 1
    for at in (seq (count $argv))
        test "$rest[$at]" = "$argv[$at]"; or return 1
    end
end

# Whether these words, and no others, stand behind aicost.
function __aicost_after
    __aicost_at $argv; and test (count (commandline -opc)) -eq (math 1 + (count $argv))
end

complete -c aicost -f
${lines(
  firstWords(tree).flatMap(({ word, summary, next }) => [
    `complete -c aicost -n __aicost_after -a ${word} -d ${quoted(summary)}`,
    ...next.map((second) => {
      const text = tree.find(({ name }) => name === `${word} ${second}`)?.summary ?? "";
      return `complete -c aicost -n '__aicost_after ${word}' -a ${second} -d ${quoted(text)}`;
    }),
  ]),
)}
${lines(tree.flatMap(commandLines))}
`;

const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

const commandLines = ({ name, flags, arguments: values }: CompletedCommand): string[] => {
  const at = `complete -c aicost -n '__aicost_at ${name}'`;
  const argument =
    values === "none" ? [] : values === "files" ? [`${at} -F`] : [`${at} -a ${quoted(values.join(" "))}`];
  return [...argument, ...flags.map((flag) => `${at} ${flagWords(flag)}`)];
};

const flagWords = ({ name, char, summary, values }: CompletedFlag): string =>
  [
    `-l ${name}`,
    ...(char === null ? [] : [`-s ${char}`]),
    ...(values === null ? [] : [values === "files" ? "-r -F" : "-x"]),
    ...(Array.isArray(values) ? [`-a ${quoted(values.join(" "))}`] : []),
    `-d ${quoted(summary)}`,
  ].join(" ");
