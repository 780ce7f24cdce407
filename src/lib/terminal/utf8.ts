/**
 * Whether a terminal in this environment shows more than ASCII: as on every system, the first of these variables decides.
 * A machine that names no character set is taken to have UTF-8, but for the locales `C` and `POSIX`.
 */
export const showsUtf8 = (env: Readonly<Partial<Record<string, string>>>): boolean => {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((name) => name) ?? "";
  const set = /\.([^@]+)/.exec(locale)?.[1];
  if (set !== undefined) return /^utf-?8$/i.test(set);
  return !/^(?:C|POSIX)$/.test(locale);
};
