#!/usr/bin/env node
"use strict";

// CommonJS, because Node starts it sooner than a module.

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
process.once("beforeExit", unsettled);
main(process.argv.slice(2)).finally(() => process.off("beforeExit", unsettled));
