import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { ROOMS } from "./rooms.js";

const LIBRARY = "src/lib/";

/** The one place in `src/` that may import a package, types included. */
const PACKAGES = {
  "@pydantic/genai-prices": "src/lib/prices/genai.ts",
  "@electric-sql/pglite": "src/lib/store/embedded-database.ts",
  "@supabase/postgrest-js": "src/lib/server/data-client.ts",
  "@supabase/supabase-js": "src/lib/server/supabase.ts",
  asciichart: "src/lib/render/line-chart.ts",
  "big.js": "src/lib/money.ts",
  "cli-progress": "src/lib/terminal/progress.ts",
  "cli-table3": "src/lib/render/table.ts",
  "csv-parse": "src/lib/csv/",
  "fs-native-extensions": "src/lib/system/lock.ts",
  fzstd: "src/lib/agents/zstd.ts",
  inquirer: "src/lib/terminal/prompt.ts",
  jose: "src/lib/vault/",
  keytar: "src/lib/secrets/keychain-process.ts",
  "lossless-json": "src/lib/providers/answer.ts",
  "node-sqlite3-wasm": "src/lib/agents/sqlite.ts",
  open: "src/lib/terminal/browser.ts",
  pg: "src/lib/store/postgres.ts",
  "temporal-polyfill": "src/lib/dates/",
  undici: "src/lib/server/proxy-tunnels.ts",
  yauzl: "src/lib/files/zip.ts",
};

const within = (file, place) => (place.endsWith("/") ? file.startsWith(place) : file === place);

/** The room of a file of the library: its folder, or a loose file itself; undefined outside of the library. */
const roomOf = (file) => (file.startsWith(LIBRARY) ? file.slice(LIBRARY.length).split("/")[0] : undefined);

/** The file of `src/` that an import names, relative to the root. */
const targetOf = (file, specifier) =>
  path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, ".ts");

/** Why an import between two rooms is against their order; undefined if it is not. */
const againstOrder = (from, to) => {
  if (to === undefined) return from && "the library does not know the commands";
  if (from === undefined || from === to) return undefined;
  const own = ROOMS.findIndex(({ room }) => room === from);
  const other = ROOMS.findIndex(({ room }) => room === to);
  const missing = [from, to][[own, other].indexOf(-1)];
  if (missing !== undefined) return `${missing} is not among the rooms of scripts/rooms.js`;
  if (other > own) return `${to} stands above ${from} in scripts/rooms.js`;
  const { only } = ROOMS[own];
  return only && !only.includes(to) ? `${from} may import ${only.join(", ") || "nothing"}` : undefined;
};

/** A renderer gets a result and returns text: of the store it knows only what became of a file. */
const readsStore = (file, target, typeOnly) =>
  roomOf(file) === "render" &&
  roomOf(target) === "store" &&
  !(typeOnly && target === "src/lib/store/read-model/known-files.ts");

const packageBorder = (file, specifier) => {
  const name = Object.keys(PACKAGES).find(
    (known) => specifier === known || specifier.startsWith(`${known}/`),
  );
  if (name === undefined || !file.startsWith("src/") || within(file, PACKAGES[name])) return undefined;
  return `${name} is imported only in ${PACKAGES[name]}, not in ${file}.`;
};

/** The border that an import crosses, as a sentence; undefined if it crosses none. */
const crossing = (file, specifier, typeOnly) => {
  if (!specifier.startsWith(".")) return packageBorder(file, specifier);
  const target = targetOf(file, specifier);
  const why =
    againstOrder(roomOf(file), roomOf(target)) ??
    (readsStore(file, target, typeOnly) ? "a renderer does not read the store" : undefined);
  return why && `${file} may not import ${target}: ${why}.`;
};

const imports = new Map();

/** The files of `src/` that a file imports, types included. */
const importsOf = (root, file) => {
  if (!imports.has(file)) {
    const full = path.join(root, file);
    const text = existsSync(full) ? readFileSync(full, "utf8") : "";
    const { importedFiles } = ts.preProcessFile(text, true, true);
    const names = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith("."));
    imports.set(
      file,
      names.map((name) => targetOf(file, name)),
    );
  }
  return imports.get(file);
};

/** The way from one file to another by imports; undefined if there is none. */
const wayTo = (root, from, to) => {
  const before = new Map([[from, undefined]]);
  for (const file of before.keys()) {
    if (file === to) {
      const way = [];
      for (let step = file; step !== undefined; step = before.get(step)) way.unshift(step);
      return way;
    }
    for (const next of importsOf(root, file)) if (!before.has(next)) before.set(next, file);
  }
  return undefined;
};

/** The circle that an import closes, as a sentence; undefined if it closes none. */
const circle = (root, file, specifier) => {
  if (!specifier.startsWith(".") || !file.startsWith("src/")) return undefined;
  const way = wayTo(root, targetOf(file, specifier), file);
  return way && `These files import each other: ${[file, ...way].join(" → ")}.`;
};

const onlyTypes = (node) =>
  node.importKind === "type" ||
  node.exportKind === "type" ||
  (node.specifiers?.length > 0 && node.specifiers.every((specifier) => specifier.importKind === "type"));

/** ESLint rule: the order of the rooms of `src/lib`, no circle of files, and one package in one file. */
export const borders = {
  meta: { type: "problem", schema: [], messages: { crossed: "{{border}}" } },
  create(context) {
    const file = path.relative(context.cwd, context.filename).replaceAll(path.sep, "/");
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== "string") return;
      const border = crossing(file, specifier, onlyTypes(node)) ?? circle(context.cwd, file, specifier);
      if (border) context.report({ node, messageId: "crossed", data: { border } });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      /** `import("…").Name` in a type. */
      TSImportType: (node) => check({ ...node, source: node.source, importKind: "type", loc: node.loc }),
    };
  },
};
