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

/** What takes long in packages, and what stands in its place. */
const EXCHANGED = [
  {
    // The kind of Linux is told by a part of this package. The whole of it starts processes.
    file: "@oclif/core/lib/util/os.js",
    old: "(await import('wsl-utils')).isWsl",
    fresh: "(await import('is-wsl')).default",
  },
  {
    // One that is set already stays. To make another loads a package.
    file: "@oclif/core/lib/logger.js",
    old: "else {\n        set(makeLogger(OCLIF_NS));",
    fresh: "else if (!cachedLoggers.has('root')) {\n        set(makeLogger(OCLIF_NS));",
  },
  {
    // To look for emoji in every cell of a table takes as long as the rest of a report.
    file: "string-width/index.js",
    old: "const stringWidth = string => {",
    fresh: "const stringWidth = string => { if (/^[\\x20-\\x7e]*$/.test(string)) return string.length;",
  },
  {
    // A cell would be cut to ten characters for a trace that nobody reads, once for each of its lines.
    file: "cli-table3/src/cell.js",
    old: "utils.truncate(this.content, 10, this.truncate)",
    fresh: '""',
  },
];

/** @throws where a package does not hold any more what is to be exchanged in it */
const exchanged = (code, file) => {
  const { old, fresh } = EXCHANGED.find((each) => file.endsWith(each.file)) ?? {};
  if (old === undefined) return code;
  if (!code.includes(old)) throw new Error(`${file} does not hold: ${old}`);
  return code.replace(old, fresh);
};

/** Plugin of esbuild: bundles packages such that a command evaluates the smaller part of them, and runs sooner. */
export const quickPackages = {
  name: "quick packages",
  setup(build) {
    build.onResolve({ filter: /^@oclif\/core$/ }, ({ path }) => ({ path, namespace: "used" }));
    build.onLoad({ filter: /.*/, namespace: "used" }, () => ({
      contents: USED,
      resolveDir: import.meta.dirname,
    }));
    build.onLoad(
      { filter: /node_modules[\\/](?:@oclif[\\/]core|string-width|cli-table3)[\\/].*\.js$/ },
      ({ path }) => {
        const file = path.replaceAll("\\", "/");
        const code = exchanged(readFileSync(path, "utf8"), file);
        return { contents: file.includes("/@oclif/core/") ? withLazyRequires(withPlainOrder(code)) : code };
      },
    );
  },
};
