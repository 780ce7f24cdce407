#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { execute } from "@oclif/core";

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

// Without plugins of the user's: the framework would look for them in the data folder.
await execute({ loadOptions: { root: fileURLToPath(import.meta.url), userPlugins: false } });
