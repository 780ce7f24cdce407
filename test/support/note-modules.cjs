// Required by a process before anything else: writes a line for each package that it loads to the log NOTE_MODULES.
const fs = require("node:fs");
const Module = require("node:module");

const log = process.env.NOTE_MODULES;
const load = Module._load;
Module._load = function (request, ...rest) {
  if (!request.startsWith(".") && !request.startsWith("node:")) fs.appendFileSync(log, `${request}\n`);
  return load.call(this, request, ...rest);
};
