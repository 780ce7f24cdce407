import { Args } from "@oclif/core";
import { AicostCommand } from "../lib/command/base.js";
import { UserError } from "../lib/errors.js";
import { loadSchemas, type CommandSchema, schemaOf } from "../lib/help/schema.js";
import { nearestCommand } from "../lib/help/nearest-command.js";

export default class JsonSchema extends AicostCommand {
  static override summary = "print the JSON Schema of what a command prints under --json";
  static override examples = [
    "<%= config.bin %> <%= command.id %> report",
    "<%= config.bin %> <%= command.id %> imports undo > undo.schema.json",
  ];
  static override args = {
    command: Args.string({ required: true, ignoreStdin: true, description: "the words of the command" }),
  };
  static override strict = false;

  async run(): Promise<CommandSchema> {
    const { argv } = await this.parse(JsonSchema);
    const command = argv.join(" ");
    const schemas = loadSchemas();
    const schema = schemaOf(command, schemas);
    if (schema === undefined) {
      const meant = nearestCommand(command, Object.keys(schemas.commands));
      throw new UserError(
        "command_unknown",
        `There is no command “${command}”.`,
        meant ? `Did you mean: aicost schema ${meant}` : "See the commands with: aicost --help",
      );
    }
    this.logData(JSON.stringify(schema, null, 2));
    return schema;
  }
}
