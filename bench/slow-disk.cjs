"use strict";

// Preloaded into a measured program: each sync takes so many milliseconds longer, BENCH_SYNC_MS; with "none" there is none.

const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");
const { setTimeout: sleep } = require("node:timers/promises");

const { BENCH_SYNC_MS } = process.env;
const isSynced = BENCH_SYNC_MS !== "none";
const milliseconds = Number(BENCH_SYNC_MS);

const { fsyncSync } = fs;
const { open } = fs.promises;
const still = new Int32Array(new SharedArrayBuffer(4));

fs.fsyncSync = (descriptor) => {
  if (!isSynced) return;
  Atomics.wait(still, 0, 0, milliseconds);
  fsyncSync(descriptor);
};
fs.promises.open = async (...args) => {
  const handle = await open(...args);
  const sync = handle.sync.bind(handle);
  handle.sync = async () => {
    if (!isSynced) return;
    await sleep(milliseconds);
    await sync();
  };
  return handle;
};
syncBuiltinESMExports();
