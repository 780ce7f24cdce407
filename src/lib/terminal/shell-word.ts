/** A word as it is typed in a shell, in quotes only if it needs them. */
export const typedWord = (word: string): string =>
  /^[\w@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
