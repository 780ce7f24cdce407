import { Args } from "@oclif/core";
import { readFileSync } from "node:fs";
import path from "node:path";
import { AicostCommand } from "../lib/command/base.js";
import { PACKAGE_ROOT } from "../lib/system/package-root.js";

export default class Completion extends AicostCommand {
  static override summary = "print the script with which a shell completes commands";
  static override examples = [
    { description: "bash, in ~/.bashrc", command: 'eval "$(<%= config.bin %> <%= command.id %> bash)"' },
    {
      description: "zsh, in ~/.zshrc after compinit",
      command: 'eval "$(<%= config.bin %> <%= command.id %> zsh)"',
    },
    {
      description: "fish, in ~/.config/fish/config.fish",
      command: "<%= config.bin %> <%= command.id %> fish | source",
    },
    {
      description: "PowerShell, in $PROFILE",
      command: "<%= config.bin %> <%= command.id %> powershell | Out-String | Invoke-Expression",
    },
  ];
  static override args = {
    shell: Args.string({
      required: true,
      ignoreStdin: true,
      options: ["bash", "zsh", "fish", "powershell"],
      description: "bash, zsh, fish or powershell",
    }),
  };

  async run(): Promise<{ script: string }> {
    const { args } = await this.parse(Completion);
    const script = readFileSync(path.join(PACKAGE_ROOT, "dist/completion", args.shell), "utf8");
    this.logData(script.replace(/\n$/, ""));
    return { script };
  }
}
