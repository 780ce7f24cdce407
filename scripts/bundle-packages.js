import { readFileSync } from "node:fs";
import path from "node:path";

/** What the program uses of the command framework. Its own index loads all of it, and checks the version of Node. */
const USED = `
  export * as Args from "@oclif/core/args";
  export { Command } from "@oclif/core/command";
  export { execute } from "@oclif/core/execute";
  export * as Flags from "@oclif/core/flags";`;

/** As TypeScript writes it: `const help_1 = require("./help");`, or with the call inside `__importDefault(…)`. */
const IMPORT = /^const (\w+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm;

/**
 * Makes CommonJS load a module where it is used, not at the start: `help_1.x` becomes `(require("./help")).x`. An import
 * that is used in any other way stays as it is.
 */
const lazyRequires = (code) => {
  let count = 0;
  const text = Array.from(code.matchAll(IMPORT)).reduce((before, [statement, name, call]) => {
    const rest = before.replace(statement, "");
    if (new RegExp(`\\b${name}\\b(?!\\.)`).test(rest)) return before;
    count++;
    return rest.replace(new RegExp(`\\b${name}(?=\\.)`, "g"), `(${call})`);
  }, code);
  return { text, count };
};

/** Our own headers, which know what the client of the data asks of `Headers`. */
const HEADERS = path.resolve(import.meta.dirname, "../src/lib/server/headers.ts");

const exchange = (pattern, fresh) => (code) => ({
  text: code.replaceAll(pattern, fresh),
  count: Array.from(code.matchAll(pattern)).length,
});

/**
 * What is rewritten in packages, because it takes long. `expected` is how many places that are in the versions of
 * package-lock.json.
 */
const PATCHES = [
  {
    // Commands load the smaller part of the framework.
    name: "requires made lazy in @oclif/core",
    files: /\/@oclif\/core\/lib\//,
    apply: lazyRequires,
    expected: 231,
  },
  {
    // Names of commands are ASCII. To load the rules of a language takes a tenth of the start of a command.
    name: "plain comparison in @oclif/core",
    files: /\/@oclif\/core\/lib\//,
    apply: exchange(
      /\b(\w+)\.id\.localeCompare\((\w+)\.id\)/g,
      "($1.id < $2.id ? -1 : Number($1.id > $2.id))",
    ),
    expected: 1,
  },
  {
    // A part of this package tells whether it runs on Windows' Linux. The whole package starts processes.
    name: "is-wsl in @oclif/core",
    files: /\/@oclif\/core\/lib\/util\/os\.js$/,
    apply: exchange(/\(await import\('wsl-utils'\)\)\.isWsl/g, "(await import('is-wsl')).default"),
    expected: 1,
  },
  {
    // A logger that is set stays. To make another one loads a package.
    name: "logger in @oclif/core",
    files: /\/@oclif\/core\/lib\/logger\.js$/,
    apply: exchange(
      /else \{(?=\n {8}set\(makeLogger\(OCLIF_NS\)\);)/g,
      "else if (!cachedLoggers.has('root')) {",
    ),
    expected: 1,
  },
  {
    // To look for emoji in every cell of a table takes as long as the rest of a report.
    name: "width of ASCII in string-width",
    files: /\/string-width\/index\.js$/,
    apply: exchange(
      /const stringWidth = string => \{/g,
      "$& if (/^[\\x20-\\x7e]*$/.test(string)) return string.length;",
    ),
    expected: 1,
  },
  {
    // A cell is cut to ten characters for a debug trace that is never shown, once for each of its lines.
    name: "trace in cli-table3",
    files: /\/cli-table3\/src\/cell\.js$/,
    apply: exchange(/utils\.truncate\(this\.content, 10, this\.truncate\)/g, '""'),
    expected: 1,
  },
  {
    // Node's own takes longer to load than Node itself.
    name: "headers in @supabase/postgrest-js",
    files: /\/@supabase\/postgrest-js\/dist\/index\.mjs$/,
    apply: (code) => {
      const { text, count } = exchange(/\bnew Headers\(/g, "new PlainHeaders(")(code);
      return { text: `import { PlainHeaders } from ${JSON.stringify(HEADERS)};\n${text}`, count };
    },
    expected: 8,
  },
];

/** A plugin of esbuild that applies the patches, and how often each one applied: by its name, by file. */
export const patchedPackages = () => {
  const applied = new Map(PATCHES.map(({ name }) => [name, new Map()]));
  const patched = (file) =>
    PATCHES.filter(({ files }) => files.test(file)).reduce(
      (code, { name, apply }) => {
        const { text, count } = apply(code);
        applied.get(name).set(file, count);
        return text;
      },
      readFileSync(file, "utf8"),
    );
  const plugin = {
    name: "patched packages",
    setup(build) {
      build.onResolve({ filter: /^@oclif\/core$/ }, ({ path }) => ({ path, namespace: "used" }));
      build.onLoad({ filter: /.*/, namespace: "used" }, () => ({
        contents: USED,
        resolveDir: import.meta.dirname,
      }));
      build.onLoad(
        {
          filter:
            /node_modules[\\/](?:@oclif[\\/]core|string-width|cli-table3|@supabase[\\/]postgrest-js)[\\/].*\.m?js$/,
        },
        ({ path }) => ({ contents: patched(path.replaceAll("\\", "/")) }),
      );
    },
  };
  return { plugin, applied };
};

/**
 * Compares how often the patches applied with what is expected.
 * @returns one line that says it
 * @throws if a patch applied less often: a new version of a package may have changed what it looks for
 */
export const checkPatches = (applied) => {
  const counts = PATCHES.map(({ name, expected }) => {
    const count = Array.from(applied.get(name).values()).reduce((sum, each) => sum + each, 0);
    return { name, expected, count };
  });
  const short = counts.filter(({ count, expected }) => count < expected);
  if (short.length > 0) {
    const lines = short.map(({ name, count, expected }) => `  ${name}: ${count} of ${expected}`);
    throw new Error(
      `Patches of packages no longer apply (scripts/bundle-packages.js):\n${lines.join("\n")}\nAdapt them, or set what is expected now.`,
    );
  }
  return `Patches of packages: ${counts.map(({ name, count }) => `${name} ${count}`).join(", ")}.`;
};
