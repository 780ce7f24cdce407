"use strict";

// Preloaded, records a process from its start, with what it prints: see `recorder.cjs`.

const { isMainThread } = require("node:worker_threads");
const { record } = require("./recorder.cjs");

const { note } = record(process.env.AICOST_TEST_RECORDED, process.env.AICOST_TEST_RECORD);
if (isMainThread) {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text, ...rest) => {
    note({ op: "print", text: String(text) });
    return write(text, ...rest);
  };
}
