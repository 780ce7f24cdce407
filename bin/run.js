#!/usr/bin/env node
import { execute } from "@oclif/core";

// A reader that has seen enough, such as head, closes the pipe: that is no error.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

await execute({ dir: import.meta.url });
