import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { loadSchemas, schemaOf } from "../../src/lib/help/schema.js";

const schemas = loadSchemas();
const ajv = new Ajv2020({ allowUnionTypes: true });
const validators = new Map<string, ValidateFunction>();

const validatorOf = (command: string): ValidateFunction => {
  const known = validators.get(command);
  if (known !== undefined) return known;
  const made = ajv.compile(schemaOf(command, schemas)!);
  validators.set(command, made);
  return made;
};

const FOLDER = path.resolve(import.meta.dirname, "../../src/commands");

const fileOf = (command: string): string =>
  [`${command.replaceAll(" ", "/")}.ts`, `${command}/index.ts`]
    .map((name) => path.join(FOLDER, name))
    .find((file) => existsSync(file))!;

/** The words of each command, by the name of its class. */
const byClass = new Map(
  Object.keys(schemas.commands).map((command) => {
    const [, name = ""] = /export default class (\w+)/.exec(readFileSync(fileOf(command), "utf8")) ?? [];
    return [name, command.split(" ")];
  }),
);

/** What is typed for a command class. */
export const wordsOf = ({ name }: { name: string }): string[] => byClass.get(name) ?? [];

/** The command that words begin with; undefined for what the framework itself answers, such as `--help`. */
const commandIn = (words: readonly string[]): string | undefined =>
  [words.slice(0, 2).join(" "), words[0] ?? ""].find((name) => Object.hasOwn(schemas.commands, name));

/**
 * Looks at what a command printed under `--json`, if that is one JSON document.
 * @throws if it is not what `aicost schema` says
 */
export const expectAsPublished = (words: readonly string[], stdout: string): void => {
  const command = commandIn(words);
  if (command === undefined || !words.includes("--json")) return;
  let document: unknown;
  try {
    document = JSON.parse(stdout);
  } catch {
    return;
  }
  const validate = validatorOf(command);
  if (validate(document)) return;
  const errors = validate.errors?.map(
    ({ instancePath, message, params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`,
  );
  throw new Error(`aicost ${words.join(" ")} is not as docs/schemas.json says:\n${errors?.join("\n")}`);
};
