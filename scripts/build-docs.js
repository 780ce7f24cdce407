// Writes docs/commands.md, the help of every command as a terminal shows it, and what pages say of the migrations.
// With --check it writes nothing, and fails if a page is not what it would write.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Config, Help, toConfiguredId } from "@oclif/core";
import { format } from "prettier";

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

const migrations = readdirSync(path.join(root, "supabase/migrations"))
  .sort()
  .map((file) => {
    const [, version, name] = /^(\d+)_(\w+)\.sql$/.exec(file);
    return { version, name, sql: readFileSync(path.join(root, "supabase/migrations", file), "utf8") };
  });

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

const receipt = `Applied ${migrations.length} migrations: ${migrations[0].version}, ${migrations[1].version}, …
The schema is up to date (${migrations.at(-1).version}).`;

const read = (page) => {
  try {
    return readFileSync(path.join(root, page), "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
};

/** The pages, each with what is made here. */
const docs = readdirSync(path.join(root, "docs"))
  .filter((file) => file.endsWith(".md"))
  .map((file) => `docs/${file}`);
const pages = new Map([
  ["docs/commands.md", commandsPage],
  ...["README.md", ...docs.filter((page) => page !== "docs/commands.md")].map((page) => [
    page,
    read(page).replace(/^Applied \d+ migrations: [^]*?\nThe schema is up to date \(\d+\)\.$/gm, receipt),
  ]),
  [
    "supabase/README.md",
    read("supabase/README.md").replace(
      /(?<=<!-- migrations -->\n)[^]*(?=<!-- end of migrations -->)/,
      `\n${list}\n`,
    ),
  ],
]);

for (const [page, text] of pages) {
  if (read(page) === text) continue;
  if (process.argv.includes("--check")) {
    console.error(`${page} is not up to date. Write it again with: npm run docs`);
    process.exitCode = 1;
  } else {
    mkdirSync(path.dirname(path.join(root, page)), { recursive: true });
    writeFileSync(path.join(root, page), text);
  }
}
