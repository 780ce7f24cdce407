import { readFileSync } from "node:fs";

/** What the program uses of the command framework. Its own index loads all of it, and checks the version of Node. */
const USED = `
  export * as Args from "@oclif/core/args";
  export { Command } from "@oclif/core/command";
  export { execute } from "@oclif/core/execute";
  export * as Flags from "@oclif/core/flags";`;

/** As TypeScript writes it: `const help_1 = require("./help");`, or with the call inside of `__importDefault(…)`. */
const IMPORT = /^const (\w+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm;

/**
 * Makes CommonJS load a module where it is used, not at the beginning: what was `help_1.x` becomes
 * `(require("./help")).x`. An import that is used otherwise than by a member stays as it is.
 */
export const withLazyRequires = (code) =>
  Array.from(code.matchAll(IMPORT)).reduce((text, [statement, name, call]) => {
    const rest = text.replace(statement, "");
    if (new RegExp(`\\b${name}\\b(?!\\.)`).test(rest)) return text;
    return rest.replace(new RegExp(`\\b${name}(?=\\.)`, "g"), `(${call})`);
  }, code);

/**
 * Has names of commands compared by their characters: they are plain ASCII, and to make ready for comparing in a language
 * takes a tenth of the time in which a command starts.
 */
const withPlainOrder = (code) =>
  code.replaceAll(/\b(\w+)\.id\.localeCompare\((\w+)\.id\)/g, "($1.id < $2.id ? -1 : Number($1.id > $2.id))");

/** Has the kind of Linux told by the part of a package that tells it: the whole of it starts processes. */
const withWslAlone = (code) =>
  code.replace("(await import('wsl-utils')).isWsl", "(await import('is-wsl')).default");

/**
 * Has the width of plain text counted at once: to look for emoji in every cell of a table takes as long as the rest of
 * a report.
 */
const withPlainWidth = (code) =>
  code.replace(
    "const stringWidth = string => {",
    "const stringWidth = string => { if (/^[\\x20-\\x7e]*$/.test(string)) return string.length;",
  );

/** Plugin of esbuild: bundles packages such that a command evaluates the smaller part of them, and runs sooner. */
export const quickPackages = {
  name: "quick packages",
  setup(build) {
    build.onResolve({ filter: /^@oclif\/core$/ }, ({ path }) => ({ path, namespace: "used" }));
    build.onLoad({ filter: /.*/, namespace: "used" }, () => ({
      contents: USED,
      resolveDir: import.meta.dirname,
    }));
    build.onLoad({ filter: /node_modules[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/ }, ({ path }) => ({
      contents: withLazyRequires(withPlainOrder(withWslAlone(readFileSync(path, "utf8")))),
    }));
    build.onLoad({ filter: /node_modules[\\/]string-width[\\/]index\.js$/ }, ({ path }) => ({
      contents: withPlainWidth(readFileSync(path, "utf8")),
    }));
  },
};
