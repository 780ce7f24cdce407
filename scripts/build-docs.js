// Writes docs/commands.md: the help of every command, as a terminal shows it.
// With --check it writes nothing and fails where the page is not what it would write.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Config, Help, toConfiguredId } from "@oclif/core";

const root = path.resolve(import.meta.dirname, "..");
const page = path.join(root, "docs/commands.md");

const config = await Config.load({ root });
const help = new Help(config, { maxWidth: 100, stripAnsi: true });

/** Aliases are listed as commands too; they are the same command under another name. */
const commands = config.commands
  .filter(({ id, hidden, aliases }) => !hidden && !aliases.includes(id))
  .sort((a, b) => a.id.localeCompare(b.id, "en"));

const section = (command) => {
  const name = `${config.bin} ${toConfiguredId(command.id, config)}`;
  const text = help
    .formatCommand(command)
    .replace(/[ \t]+$/gm, "")
    .trim();
  return `## ${name}\n\n\`\`\`text\n${text}\n\`\`\`\n`;
};

const anchor = (command) => `${config.bin} ${command.id}`.replaceAll(/[: ]/g, "-");
const contents = commands.map((command) => {
  const name = `${config.bin} ${toConfiguredId(command.id, config)}`;
  return `- [\`${name}\`](#${anchor(command)}): ${command.summary ?? ""}`;
});

const text = `# Commands

Made by \`npm run docs\` from the commands themselves.

${contents.join("\n")}

${commands.map(section).join("\n")}`;

const onDisk = () => {
  try {
    return readFileSync(page, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
};

if (!process.argv.includes("--check")) {
  mkdirSync(path.dirname(page), { recursive: true });
  writeFileSync(page, text);
} else if (onDisk() !== text) {
  console.error("docs/commands.md does not say what the commands say. Write it anew with: npm run docs");
  process.exitCode = 1;
}
