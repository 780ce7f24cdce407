/** Nothing in it means anything to a shell, to cron or to systemd. */
const PLAIN = /^[\w@+=:,./-]+$/;

/**
 * A word for `/bin/sh`, also in a crontab. There a percent sign is written `\%`, and two backslashes in a row are one
 * to some crons and two to others: so none stands next to another here.
 */
export const shellWord = (word: string): string =>
  PLAIN.test(word) ? word : `'${word.replaceAll(/['\\%]/g, (character) => ESCAPED[character] ?? "")}'`;

/** Within single quotes: what leaves them, writes the character, and enters them again. */
const ESCAPED: Record<string, string> = { "'": `'\\''`, "\\": `\\''`, "%": `'\\%'` };

export const shellCommand = (words: readonly string[], env: Readonly<Record<string, string>> = {}): string =>
  [
    ...Object.entries(env).map(([variable, value]) => `${variable}=${shellWord(value)}`),
    ...words.map(shellWord),
  ].join(" ");

export const isPlain = (word: string): boolean => PLAIN.test(word);
