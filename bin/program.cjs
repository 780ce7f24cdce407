"use strict";

const { readFileSync } = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const { Script } = require("node:vm");

const PROGRAM = path.join(__dirname, "../dist/program.cjs");

/**
 * What V8 has compiled of it, which takes half of the time in which a command starts. It is for one version of Node on
 * one kind of machine; V8 looks at it and compiles again if it does not fit.
 */
const COMPILED = path.join(
  __dirname,
  `../dist/program-${process.version}-${process.platform}-${process.arch}.compiled`,
);

const readIfThere = (file) => {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
};

/**
 * Loads the program as `require` does, but for what is compiled already.
 * @returns `exports` of the program, and the `script` that it is, which knows what V8 has compiled of it
 */
const load = () => {
  const script = new Script(Module.wrap(readFileSync(PROGRAM, "latin1")), {
    filename: PROGRAM,
    cachedData: readIfThere(COMPILED),
  });
  const module = new Module(PROGRAM);
  module.filename = PROGRAM;
  // The command framework requires this file, for its commands.
  require.cache[PROGRAM] = module;
  const { exports } = module;
  const own = Module.createRequire(PROGRAM);
  script.runInThisContext().call(exports, exports, own, module, PROGRAM, path.dirname(PROGRAM));
  return { exports: module.exports, script };
};

module.exports = { load, COMPILED };
