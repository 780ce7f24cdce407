/** The words of a `sh` command line as `shellCommand` writes it: plain ones, single quotes, and `\'` `\\` `\%`. */
export const shellWordsIn = (line: string): string[] =>
  wordsIn(line, /(?:'[^']*'|\\.|[^\s'\\])+/g).map((word) =>
    word.replaceAll(/'([^']*)'|\\(.)/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ""),
  );

/** The words of a line of a unit file as systemd.ts writes them: plain ones, and double quotes with escapes. */
export const unitWordsIn = (line: string): string[] =>
  wordsIn(line, /"(?:\\.|[^"\\])*"|\S+/g).map((word) =>
    (word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, "$1") : word)
      .replaceAll("%%", "%")
      .replaceAll("$$", "$"),
  );

const wordsIn = (line: string, word: RegExp): string[] => [...line.matchAll(word)].map(([found]) => found);

/** The strings of the array of a property list that follows a key. */
export const plistStrings = (plist: string, key: string): string[] => {
  const array = new RegExp(`<key>${key}</key>\\s*<array>([^]*?)</array>`).exec(plist)?.[1] ?? "";
  return [...array.matchAll(/<string>([^<]*)<\/string>/g)].map(([, text = ""]) => unescaped(text));
};

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

const unescaped = (text: string): string =>
  text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? "");
