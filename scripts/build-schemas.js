// Writes docs/schemas.json: what each command prints under --json, as JSON Schema, made from the type that its `run` returns
// and the comments of that. With --check it writes nothing, and fails if the file is out of date.
import { readdirSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { format, resolveConfig } from "prettier";
import { createFormatter, createParser, SchemaGenerator } from "ts-json-schema-generator";
import ts from "typescript";
import { madeFile } from "./made-file.js";

const root = path.resolve(import.meta.dirname, "..");
const folder = path.join(root, "src/commands");

/** What each command is called, by its file. */
const commands = new Map(
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => [
      path.join(folder, name),
      name
        .replace(/(?:\/index)?\.ts$/, "")
        .split(path.sep)
        .join(" "),
    ]),
);

/** The type of that name is added to the file of each command. */
const RESULT = "ResultOf_";
const typeOf = (command) => RESULT + command.replaceAll(/\W/g, "_");

const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const host = ts.createCompilerHost(options);
const getSourceFile = host.getSourceFile;
host.getSourceFile = (file, ...rest) => {
  const source = getSourceFile(file, ...rest);
  const command = commands.get(file);
  if (command === undefined) return source;
  return ts.createSourceFile(
    file,
    `${source.text}\nexport type ${typeOf(command)} = ${resultIn(source)};\n`,
    rest[0],
  );
};

/** @returns the text of what `run` promises */
const resultIn = (source) => {
  let found;
  const visit = (node) => {
    if (ts.isMethodDeclaration(node) && node.name.getText(source) === "run")
      found = node.type?.typeArguments?.[0]?.getText(source);
    else ts.forEachChild(node, visit);
  };
  visit(source);
  if (found === undefined) throw new Error(`${source.fileName}: run does not say what it promises.`);
  return found;
};

const program = ts.createProgram([...commands.keys()], { ...options, noEmit: true }, host);
const settings = {
  expose: "all",
  jsDoc: "extended",
  topRef: true,
  additionalProperties: false,
  strictTuples: true,
  encodeRefs: false,
  sortProps: false,
  skipTypeCheck: true,
};
const generator = new SchemaGenerator(
  program,
  createParser(program, settings),
  createFormatter(settings),
  settings,
);

/** @throws without the tree of the source, which the library adds to its errors */
const definitionsOf = (command) => {
  try {
    return generator.createSchema(typeOf(command)).definitions;
  } catch (error) {
    const text = error.node?.getText?.() ?? "";
    throw new Error(`aicost ${command}: ${error.message} ${text}`);
  }
};

const REFERENCE = "#/definitions/";
const definitions = {};
for (const command of commands.values()) {
  for (const [name, schema] of Object.entries(definitionsOf(command))) {
    if (name in definitions && !isDeepStrictEqual(definitions[name], schema))
      throw new Error(`There are two types ${name}: one of them needs another name.`);
    definitions[name] = schema;
  }
}

/** Types that have a name in the source keep it; others stand where they are used. */
const hasName = (name) => /^\w+$/.test(name) && !name.startsWith(RESULT);

const inPlace = (schema) => {
  if (Array.isArray(schema)) return schema.map(inPlace);
  if (typeof schema !== "object" || schema === null) return schema;
  const { $ref, ...rest } = schema;
  if (typeof $ref !== "string")
    return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, inPlace(value)]));
  const name = $ref.slice(REFERENCE.length);
  return hasName(name) ? { $ref: `#/$defs/${name}`, ...rest } : { ...inPlace(definitions[name]), ...rest };
};

const sorted = (entries) => Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));

const schemas = {
  commands: Object.fromEntries(
    [...commands.values()].map((command) => [command, inPlace(definitions[typeOf(command)])]),
  ),
  $defs: sorted(
    Object.entries(definitions)
      .filter(([name]) => hasName(name))
      .map(([name, schema]) => [name, inPlace(schema)]),
  ),
};

const file = "docs/schemas.json";
const style = await resolveConfig(path.join(root, file));
madeFile(file, await format(JSON.stringify(schemas), { ...style, parser: "json" }), "npm run docs");
