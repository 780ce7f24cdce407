// Writes docs/commands.md (the help of every command as a terminal shows it), docs/errors.md (every error code with its
// exit code), and the list of migrations in supabase/README.md. With --check it writes nothing, and fails if a page is out of date.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Config, loadHelpClass, toConfiguredId } from "@oclif/core";
import { format, resolveConfig } from "prettier";
import { madeFile } from "./made-file.js";
import { ROOMS } from "./rooms.js";

const root = path.resolve(import.meta.dirname, "..");

const config = await Config.load({ root });
const HelpPage = await loadHelpClass(config);
const help = new HelpPage(config, { maxWidth: 100, stripAnsi: true });

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

const MEANINGS = {
  1: "a bug in aicost",
  2: "wrong usage: an unknown command, a bad flag",
  3: "not signed in, or not allowed",
  4: "the input is refused: a file, a row, a value",
  5: "something is not available: a server, the database, a file to write",
  6: "a check that you asked for is not met",
  130: "stopped with Ctrl+C",
};

const errorSource = readFileSync(path.join(root, "src/lib/error-codes.ts"), "utf8");
const exits = Object.fromEntries(
  [...errorSource.matchAll(/^ {2}(\w+): (\d+),$/gm)].map(([, name, exit]) => [name, Number(exit)]),
);
const errorCodes = [...errorSource.matchAll(/^ {2}(\w+): EXIT\.(\w+),$/gm)];

const codesOf = (exit) => {
  const codes = errorCodes.filter(([, , name]) => exits[name] === exit);
  return codes.map(([, code]) => `\`${code}\``).join(", ") || "No code yet.";
};

const errorsPage = await format(
  `# Error codes

Made by \`npm run docs\` from \`src/lib/error-codes.ts\`.

A command that fails prints a sentence, and what to type next, to standard error. With \`--json\` it also prints
\`{"error": {"code", "message", "hint"}}\` to standard output. Each code has one exit code. Both stay the same from
version to version; messages may change.

${Object.values(exits)
  .map((exit) => `## Exit ${exit}: ${MEANINGS[exit]}\n\n${codesOf(exit)}`)
  .join("\n\n")}
`,
  { ...(await resolveConfig(path.join(root, "docs/errors.md"))), parser: "markdown" },
);

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

madeFile("docs/errors.md", errorsPage, "npm run docs");

/** Writes a list into a page, between two comments that name it. */
const listIn = (page, name, text) => {
  const place = new RegExp(`(?<=<!-- ${name} -->\\n)[^]*(?=<!-- end of ${name} -->)`);
  const before = readFileSync(path.join(root, page), "utf8");
  madeFile(
    page,
    before.replace(place, () => `\n${text}\n`),
    "npm run docs",
  );
};

listIn("supabase/README.md", "migrations", list);
listIn("docs/architecture.md", "rooms", ROOMS.map(({ room, holds }) => `- \`${room}\`: ${holds}\n`).join(""));
