import { CommandHelp, Help } from "@oclif/core/help";
import { firstScreen } from "./first-screen.js";

/** The sections of a command's help, in order: how it is used comes first. */
const SECTIONS = ["USAGE", "EXAMPLES", "ARGUMENTS", "FLAGS", "DESCRIPTION", "FLAG DESCRIPTIONS"];

class CommandPage extends CommandHelp {
  /** `import FILE... [FLAGS]`: the flags stand below, with what they do. */
  protected override defaultUsage(): string {
    const { id, args, flags } = this.command;
    const names = Object.values(args)
      .filter(({ hidden }) => !hidden)
      .map((arg) => `${this.arg(arg)}${arg.multiple ? "..." : ""}`);
    return [id, ...names, ...(Object.keys(flags).length > 0 ? ["[FLAGS]"] : [])].join(" ");
  }

  /** A line for what it does, a line for how it is typed. */
  protected override examples(examples: Parameters<CommandHelp["examples"]>[0]): string | undefined {
    return super.examples(examples)?.replaceAll("\n\n", "\n");
  }

  /** Without the summary, which stands above. */
  protected override description(): string | undefined {
    const { description } = this.command;
    return description === undefined ? undefined : this.wrap(description);
  }

  protected override sections(): ReturnType<CommandHelp["sections"]> {
    const place = ({ header }: { header: string }): number => SECTIONS.indexOf(header);
    return super
      .sections()
      .filter((section) => place(section) !== -1)
      .sort((a, b) => place(a) - place(b));
  }
}

/** The pages of `--help`. The command framework makes them by this class, which package.json names. */
export default class HelpPage extends Help {
  protected override CommandHelpClass = CommandPage;

  /** Help of a command that is not there is answered as the command itself would be. */
  override async showHelp(argv: string[]): Promise<void> {
    const words = argv.filter((word) => !word.startsWith("-"));
    const id = words.join(":");
    const { commandIDs } = this.config;
    const isTopic = (name: string): boolean => commandIDs.some((command) => command.startsWith(`${name}:`));
    const [first = ""] = words;
    if (id === "" || isTopic(id) || commandIDs.includes(id)) return super.showHelp(argv);
    // What follows a command are its arguments.
    if (commandIDs.includes(first) && !isTopic(first)) return super.showHelp([first]);
    await this.config.runHook("command_not_found", { id, argv: [] });
  }

  protected override showRootHelp(): Promise<void> {
    this.log(firstScreen());
    return Promise.resolve();
  }
}
