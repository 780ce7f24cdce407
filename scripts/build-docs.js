// Writes docs/commands.md, the help of every command as a terminal shows it, and the list of migrations in
// supabase/README.md. With --check it writes nothing, and fails if a page is out of date.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Config, Help, toConfiguredId } from "@oclif/core";
import { format } from "prettier";
import { madeFile } from "./made-file.js";

const root = path.resolve(import.meta.dirname, "..");

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

const commandsPage = `# Commands

Made by \`npm run docs\` from the commands themselves.

${contents.join("\n")}

${commands.map(section).join("\n")}`;

const folder = path.join(root, "supabase/migrations");
const migrations = readdirSync(folder)
  .sort()
  .map((file) => ({
    name: /^\d+_(\w+)\.sql$/.exec(file)[1],
    sql: readFileSync(path.join(folder, file), "utf8"),
  }));

/** A row of the list of migrations: what the first sentence of the file says, and what it makes in `public`. */
const row = ({ name, sql }) => {
  const comment = /^(?:--.*\n)+/.exec(sql)[0].replace(/^-- ?/gm, "").replaceAll("\n", " ");
  const made = [
    ...sql.matchAll(
      /^ *create (?:or replace |materialized )?(?:table|view|function) (?:if not exists )?public\.(\w+)/gm,
    ),
  ].map(([, name]) => `\`${name}\``);
  return `| \`${name}\` | ${/^.+?\.(?= )/.exec(comment)[0]} | ${made.join(", ")} |`;
};

const list = await format(
  [
    "| migration | what it is | what it makes in `public` |",
    "| --- | --- | --- |",
    ...migrations.map(row),
  ].join("\n"),
  { parser: "markdown" },
);

madeFile("docs/commands.md", commandsPage, "npm run docs");

const databasePage = readFileSync(path.join(root, "supabase/README.md"), "utf8");
const LIST = /(?<=<!-- migrations -->\n)[^]*(?=<!-- end of migrations -->)/;
madeFile(
  "supabase/README.md",
  databasePage.replace(LIST, () => `\n${list}\n`),
  "npm run docs",
);
