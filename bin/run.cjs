#!/usr/bin/env node
"use strict";

// CommonJS, because Node starts it sooner than a module. Old versions of Node can read this file, too, and say so.

// What the command framework says and loads in a development environment is for developers of this program.
process.env.NODE_ENV = "production";

// First, because the command framework throws what it does not know.
process.stdout.prependListener("error", (error) => {
  // A reader that has seen enough, such as head, closes the pipe: that is no error.
  if (error.code === "EPIPE") process.exit();
  process.stderr.write(`Error: The output cannot be written (${error.code}).\n`);
  process.exit(5);
});
// Where stderr cannot be written, nothing can be said of it.
process.stderr.on("error", () => {});

/** What is answered without the command framework, which takes longer to start than Node. */
const LIGHT = new Map([
  ["--version", "version"],
  ["prompt", "today"],
  ["today", "today"],
]);

const main = async (argv) => {
  const light = LIGHT.get(argv[0]);
  if (light !== undefined && (await require(`../dist/light/${light}.cjs`).answer(argv))) return;
  await require("./program.cjs").load().exports.main(argv);
};

// Node ends, as if all was well, where something is awaited that nothing is left to bring about.
const unsettled = () => {
  process.stderr.write(
    "Error: The program stopped in the middle of its work. Nothing is known of its result.\n",
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
  } else {
    process.stderr.write(`Error: ${message}\n  ${hint}\n`);
  }
};

(process.features.require_module ? start : refuse)(process.argv.slice(2));
