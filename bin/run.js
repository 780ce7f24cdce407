#!/usr/bin/env node

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
const LIGHT = ["--version", "prompt", "today"];

const argv = process.argv.slice(2);
const { main } = await (LIGHT.includes(argv[0]) ? import("../dist/light.js") : import("../dist/main.js"));
await main(argv);
