import { readFileSync } from "node:fs";
import path from "node:path";
import { own } from "../system/own.js";
import { PACKAGE_ROOT } from "../system/package-root.js";

/** JSON Schema, draft 2020-12. */
type Schema = Readonly<Record<string, unknown>>;

/** The schema of what a command prints. */
export interface CommandSchema {
  $schema: string;
  title: string;
  /** What it prints if it succeeds, and if it fails. */
  anyOf: Schema[];
  $defs: Readonly<Record<string, Schema>>;
}

interface Schemas {
  /** By command: what it prints under `--json` if it succeeds. */
  commands: Record<string, Schema>;
  /** The types that these refer to. */
  $defs: Record<string, Schema>;
}

/** What any command prints under `--json` if it fails. */
const FAILURE: Schema = {
  type: "object",
  properties: {
    error: {
      type: "object",
      properties: {
        code: { type: "string", description: "Stable, for scripts: see docs/errors.md." },
        message: { type: "string" },
        hint: { type: ["string", "null"], description: "What to type." },
      },
      required: ["code", "message", "hint"],
    },
  },
  required: ["error"],
  additionalProperties: false,
};

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const REFERENCE = /"\$ref":"#\/\$defs\/(\w+)"/g;

/** The schemas that `npm run docs` makes of the types of the commands. */
export const loadSchemas = (): Schemas =>
  JSON.parse(readFileSync(path.join(PACKAGE_ROOT, "docs/schemas.json"), "utf8")) as Schemas;

/**
 * The schema of what a command prints under `--json`, with all that it refers to.
 * @param command its words, for example `imports undo`
 * @returns undefined if there is no such command
 */
export const schemaOf = (command: string, { commands, $defs }: Schemas): CommandSchema | undefined => {
  const result = own(commands, command);
  if (result === undefined) return undefined;
  const used = new Set<string>();
  const use = (schema: Schema): void => {
    for (const [, name = ""] of JSON.stringify(schema).matchAll(REFERENCE)) {
      if (used.has(name)) continue;
      used.add(name);
      use($defs[name] ?? {});
    }
  };
  use(result);
  return {
    $schema: DIALECT,
    title: `aicost ${command} --json`,
    anyOf: [result, FAILURE],
    $defs: Object.fromEntries([...used].sort().map((name) => [name, $defs[name] ?? {}])),
  };
};
