#!/usr/bin/env node
"use strict";

// CommonJS, because Node starts it sooner than a module. Old versions of Node can read this file, too, and say so.

// What the command framework says and loads in a development environment is for developers of this program.
process.env.NODE_ENV = "production";

// First, because the command framework throws what it does not know.
process.stdout.prependListener("error", (error) => {
  // A reader that has seen enough, such as head, closes the pipe: that is not an error.
  if (error.code === "EPIPE") process.exit();
  const why = error.code === "ENOSPC" ? "the disk is full" : `the system says ${error.code}`;
  process.stderr.write(`Error: Cannot write the output: ${why}.\n`);
  process.exit(5);
});
// If stderr cannot be written, nothing can be said of it.
process.stderr.on("error", () => {});

/** What is answered without the command framework, which takes longer to start than Node. */
const LIGHT = new Map([
  ["--version", "version"],
  ["-v", "version"],
  ["version", "version"],
  ["prompt", "today"],
  ["today", "today"],
]);

const main = async (argv) => {
  const light = LIGHT.get(argv[0]);
  if (light !== undefined && (await require(`../dist/light/${light}.cjs`).answer(argv))) return;
  await require("./program.cjs").load().exports.main(argv);
};

// If nothing is left that could settle what is awaited, Node ends as if all was well.
const unsettled = () => {
  process.stderr.write(
    "Error: aicost stopped in the middle of its work. Check the result before you run the command again.\n",
  );
  process.exitCode = 13;
};

const start = (argv) => {
  process.once("beforeExit", unsettled);
  main(argv).finally(() => process.off("beforeExit", unsettled));
};

/** Says that Node is too old: some packages are modules, and it cannot require them. */
const refuse = (argv) => {
  const message = `aicost needs Node.js 20.19, 22.12 or newer; this is Node.js ${process.versions.node}.`;
  const hint = "Install a newer one: https://nodejs.org/en/download";
  process.exitCode = 5;
  if (argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ error: { code: "node_too_old", message, hint } }, null, 2)}\n`);
  }
  process.stderr.write(`Error: ${message}\n  ${hint}\n`);
};

(process.features.require_module ? start : refuse)(process.argv.slice(2));
