import { describe, expect, it } from "vitest";
import { Ajv2020 } from "ajv/dist/2020.js";
import JsonSchema from "../../src/commands/schema.js";
import { loadSchemas, schemaOf } from "../../src/lib/help/schema.js";
import { errorOf, newHome, runCommand } from "../support/cli.js";

const schemas = loadSchemas();
const commands = Object.keys(schemas.commands);

// That commands print what their schemas say is looked at wherever a test runs a command with --json: see support/cli.ts.

describe("aicost schema", () => {
  it("prints the schema of a command, with all that it refers to", async () => {
    const { stdout, exit } = await runCommand(JsonSchema, ["imports", "undo"], newHome());
    expect(exit).toBe(0);
    const schema = JSON.parse(stdout) as Record<string, unknown>;
    expect(schema).toEqual(schemaOf("imports undo", schemas));
    expect(Object.keys(schema["$defs"] as object)).toEqual(["UndoPreview", "Undone"]);
  });

  it.each(commands)("%s: compiles, and refuses what it does not name", (command) => {
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(schemaOf(command, schemas)!);
    expect(validate({ error: { code: "usage", message: "Why", hint: null, more: 1 } })).toBe(true);
    expect(validate({ error: { code: "usage", message: "Why" } })).toBe(false);
    expect(validate("text")).toBe(false);
  });

  it("suggests a command for a mistyped one", async () => {
    const outcome = await runCommand(JsonSchema, ["imports", "udno", "--json"], newHome());
    expect(errorOf(outcome)).toMatchObject({
      code: "command_unknown",
      message: "There is no command “imports udno”.",
      hint: "Did you mean: aicost schema imports undo",
    });
  });
});
