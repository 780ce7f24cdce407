const CODE = /^```.*\n([^]*?)^```$|`([^`]+)`/gm;
const CALL = /(?<![\w/.-])(?:aicost|\.\/bin\/run\.cjs)(?=[ \t]+[a-z-])/g;
/** A word of a shell, up to what ends a call: a line end, a comment, a pipe, another command, the end of a quotation. */
const WORD = /(?:[ \t]|\\\n)*((?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s"'`|;&<>()#])+)/y;

/** The calls of aicost in a text that a shell reads, each as its words without `aicost`. */
export const callsIn = (shell: string): string[][] =>
  [...shell.matchAll(CALL)].map((call) => {
    const words: string[] = [];
    WORD.lastIndex = call.index + call[0].length;
    for (let word = WORD.exec(shell); word !== null; word = WORD.exec(shell))
      words.push(unquoted(word[1] ?? ""));
    return words;
  });

/** The code of a Markdown page: its blocks, and what stands between backticks. */
export const codeIn = (markdown: string): string[] =>
  [...markdown.matchAll(CODE)].map(([, block, span = ""]) => block ?? span.replaceAll("\n", " "));

const unquoted = (word: string): string => word.replaceAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, "$1$2");
