import path from "node:path";

/** Which part of the program may not import which other part; with `types`, `import type` from these files is fine. */
const LAYERS = [
  { from: "src/lib/", never: "src/commands/", why: "the library does not know the commands" },
  { from: "src/lib/errors.ts", never: "src/", why: "errors.ts imports nothing" },
  { from: "src/lib/money.ts", never: "src/", why: "money.ts imports nothing" },
  {
    from: "src/lib/render/",
    never: "src/lib/store/",
    types: "src/lib/store/store.ts",
    why: "a renderer gets a report and returns text; it reads no store",
  },
  {
    from: "src/lib/reports/",
    never: "src/lib/store/",
    types: "src/lib/store/store.ts",
    why: "a report is computed from rows; it reads no store",
  },
  { from: "src/lib/providers/", never: "src/lib/store/", why: "a provider does not know where records go" },
  { from: "src/lib/providers/", never: "src/lib/server/", why: "a provider is handed the API that it asks" },
];

/** The one place in `src/` that may import a package, types included. */
const PACKAGES = {
  "@electric-sql/pglite": "src/lib/store/embedded-database.ts",
  "@supabase/supabase-js": "src/lib/server/supabase.ts",
  asciichart: "src/lib/render/spend-chart.ts",
  "big.js": "src/lib/money.ts",
  "cli-progress": "src/lib/terminal/progress.ts",
  "cli-table3": "src/lib/render/table.ts",
  "csv-parse": "src/lib/csv/",
  "fs-native-extensions": "src/lib/system/lock.ts",
  inquirer: "src/lib/terminal/prompt.ts",
  jose: "src/lib/vault/",
  keytar: "src/lib/secrets/keychain-process.ts",
  "lossless-json": "src/lib/providers/answer.ts",
  open: "src/lib/terminal/browser.ts",
  pg: "src/lib/store/postgres.ts",
  "temporal-polyfill": "src/lib/dates/ranges.ts",
  undici: "src/lib/server/proxy-tunnels.ts",
  uuid: "src/lib/record/record.ts",
};

const within = (file, place) => (place.endsWith("/") ? file.startsWith(place) : file === place);

/** The border that an import crosses, as a sentence; undefined if it crosses none. */
const crossing = (file, specifier, typeOnly) => {
  if (specifier.startsWith(".")) {
    const target = path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, ".ts");
    const layer = LAYERS.find(
      ({ from, never, types }) =>
        within(file, from) && within(target, never) && !(typeOnly && types !== undefined && target === types),
    );
    return layer && `${file} may not import ${target}: ${layer.why}.`;
  }
  const name = Object.keys(PACKAGES).find(
    (known) => specifier === known || specifier.startsWith(`${known}/`),
  );
  if (name === undefined || !file.startsWith("src/") || within(file, PACKAGES[name])) return undefined;
  return `${name} is imported in ${PACKAGES[name]} alone, not in ${file}.`;
};

const onlyTypes = (node) =>
  node.importKind === "type" ||
  node.exportKind === "type" ||
  (node.specifiers?.length > 0 && node.specifiers.every((specifier) => specifier.importKind === "type"));

/** ESLint rule: the borders between the folders of `src/`, and one package in one file. */
export const borders = {
  meta: { type: "problem", schema: [], messages: { crossed: "{{border}}" } },
  create(context) {
    const file = path.relative(context.cwd, context.filename).replaceAll(path.sep, "/");
    const check = (node) => {
      if (typeof node.source?.value !== "string") return;
      const border = crossing(file, node.source.value, onlyTypes(node));
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
