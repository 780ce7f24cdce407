// Bundles src/ and the packages that it is made of into dist/: a few large files start faster than hundreds of small ones.
import { copyFileSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { glob } from "tinyglobby";
import { checkPatches, patchedPackages } from "./bundle-packages.js";

const root = path.resolve(import.meta.dirname, "..");

/** What other processes and threads start with, and what scripts, benchmarks and tests use of the program. */
const PARTS = [
  "src/lib/secrets/keychain-process.ts",
  "src/lib/{agents/reading,forecast/model,imports/reading}-thread.ts",
  "src/lib/{command/print-error,config/config,record/raw-json}.ts",
  "src/lib/help/completion/index.ts",
  "src/lib/secrets/keychain.ts",
  "src/lib/store/{embedded,migrate,migrations,user-call}.ts",
];

/** What must be answered at once. */
const LIGHT = ["src/light/*.ts"];

/** Packages that are native, or large and seldom needed: they are loaded from node_modules where they are used. */
const EXTERNAL = [
  "@bsull/*",
  "@bytecodealliance/*",
  "@electric-sql/pglite",
  "@pydantic/genai-prices",
  "fs-native-extensions",
  "inquirer",
  "jq-wasm",
  "keytar",
  "modern-tar",
  "node-sqlite3-wasm",
  "pg",
  "undici",
  // The command framework compiles commands by them in a development environment.
  "tsx",
  "typescript",
];

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  // Not minified: it starts no faster, and a stack trace can be read.
  logLevel: "warning",
};

/** Node starts CommonJS sooner than modules, and what V8 has compiled of it can be kept. */
const commonJs = {
  ...options,
  format: "cjs",
  // In what is compiled already, only `require` works as everywhere.
  supported: { "dynamic-import": false },
  define: { "import.meta.url": "moduleUrl" },
  banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
};

/** The program: `main`, and what the command framework asks for by name. A command is evaluated when it is asked for. */
const program = async () => {
  const files = (await glob("src/commands/**/*.ts", { cwd: root })).sort();
  const commands = files.map((file) => {
    const id = path
      .relative("src/commands", file)
      .replace(/(?:\/index)?\.ts$/, "")
      .replaceAll("/", ":");
    return `get "${id}"() { return require("./${file}").default; }`;
  });
  return `
    export { main } from "./src/main.js";
    export const COMMANDS = { ${commands.join(", ")} };
    export const commandNotFound = (...args) => require("./src/hooks/command-not-found.js").default(...args);
    export const help = { get default() { return require("./src/lib/help/page.ts").default; } };`;
};

/** `AICOST_BUILD_PATCHES=off` bundles the packages as they are, to see whether the program needs the patches. */
const patches = process.env.AICOST_BUILD_PATCHES === "off" ? undefined : patchedPackages();
const plugins = patches ? [patches.plugin] : [];

rmSync(path.join(root, "dist"), { recursive: true, force: true });
await build({
  ...commonJs,
  stdin: { contents: await program(), resolveDir: root },
  outfile: "dist/program.cjs",
  external: EXTERNAL,
  plugins,
});
await build({
  ...commonJs,
  outbase: "src",
  outdir: "dist",
  entryPoints: await glob(LIGHT, { cwd: root }),
  outExtension: { ".js": ".cjs" },
});
await build({
  ...options,
  format: "esm",
  outbase: "src",
  outdir: "dist",
  entryPoints: (await glob(PARTS, { cwd: root })).sort(),
  chunkNames: "chunks/[name]-[hash]",
  splitting: true,
  external: EXTERNAL,
  plugins,
  // Bundled CommonJS needs `require` for Node's modules.
  banner: { js: 'const require = process.getBuiltinModule("module").createRequire(import.meta.url);' },
});
console.log(patches ? checkPatches(patches.applied) : "The packages are not patched.");
// A script that the package `open` looks for beside itself.
copyFileSync(path.join(root, "node_modules/open/xdg-open"), path.join(root, "dist/xdg-open"));
