// Bundles src/ and the packages that it is made of into dist/: a few large files start faster than hundreds of small ones.
import { rmSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { glob } from "tinyglobby";
import { framework } from "./bundle-framework.js";

const root = path.resolve(import.meta.dirname, "..");

/** What is a file of its own in dist/. Whatever several of them need is in chunks beside them. */
const ENTRIES = [
  "src/main.ts",
  "src/commands/**/*.ts",
  "src/hooks/*.ts",
  // A process of its own, and a thread of its own.
  "src/lib/secrets/keychain-process.ts",
  "src/lib/imports/reading-thread.ts",
  // What scripts, benchmarks and tests use of the built program.
  "src/lib/{command,config,raw-json}.ts",
  "src/lib/secrets/keychain.ts",
  "src/lib/store/{embedded,migrate,user-call}.ts",
];

/** Packages that are native, or large and seldom needed: they are loaded from node_modules where they are used. */
const EXTERNAL = [
  "@electric-sql/pglite",
  "@supabase/supabase-js",
  "fs-native-extensions",
  "inquirer",
  "jose",
  "keytar",
  "modern-tar",
  "open",
  "pg",
  "undici",
  // The command framework compiles commands by them in a development environment.
  "tsx",
  "typescript",
];

/** What must start at once: each of them is one file, because to find and read many takes longer. */
const LIGHT = ["src/light.ts", "src/lib/today/quick-answer.ts"];

const options = {
  absWorkingDir: root,
  outbase: "src",
  outdir: "dist",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // Not minified: it starts no faster, and a stack trace can be read.
  logLevel: "warning",
};

rmSync(path.join(root, "dist"), { recursive: true, force: true });
await build({
  ...options,
  entryPoints: (await glob(ENTRIES, { cwd: root })).sort(),
  chunkNames: "chunks/[name]-[hash]",
  splitting: true,
  external: EXTERNAL,
  plugins: [framework],
  // Bundled CommonJS needs `require` for Node's modules.
  banner: { js: 'const require = process.getBuiltinModule("module").createRequire(import.meta.url);' },
});
await build({
  ...options,
  entryPoints: LIGHT,
  // As light.ts writes them: files of their own.
  external: [...EXTERNAL, "./main.js", "./lib/today/quick-answer.js"],
});
