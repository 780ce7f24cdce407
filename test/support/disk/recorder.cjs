"use strict";

// Writes down what a process does to the files below a folder: what it opens, writes, syncs, renames and removes there.
// It stands between Node and the system, so that PostgreSQL's files are seen as well as the program's own.

const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");
const path = require("node:path");
const { threadId } = require("node:worker_threads");

const { O_APPEND, O_CREAT, O_TRUNC } = fs.constants;
const BITS = { r: 0, "r+": 0, w: O_CREAT | O_TRUNC, wx: O_CREAT | O_TRUNC, "a+": O_CREAT | O_APPEND };

/**
 * Records from now on.
 * @param root the folder; what lies elsewhere is not recorded
 * @param target a folder in which `events.ndjson` and `data` are written, or added to
 * @returns what notes an event of the caller's own, and what ends the recording
 */
const record = (root, target) => {
  const real = { ...fs };
  const { open } = fs.promises;
  const events = real.openSync(path.join(target, "events.ndjson"), "a");
  const data = real.openSync(path.join(target, "data"), "a");
  let dataEnd = real.fstatSync(data).size;
  let opened = 0;
  /** Files that are open, by descriptor: the name of the opening, and where it writes next. */
  const files = new Map();

  const note = (event) => real.writeSync(events, `${JSON.stringify(event)}\n`);
  /** The path below the folder; undefined of any other. */
  const below = (name) => {
    if (typeof name !== "string") return undefined;
    const relative = path.relative(root, path.resolve(name));
    return relative.startsWith("..") ? undefined : relative;
  };
  const named = (event, name) => {
    const file = below(name);
    if (file !== undefined) note({ ...event, file });
  };

  const noteOpen = (descriptor, name, flags = "r") => {
    files.delete(descriptor);
    const file = below(name);
    if (file === undefined) return;
    const bits = typeof flags === "number" ? flags : BITS[flags];
    if (bits === undefined) throw new Error(`The recorder does not know the flags ${flags}.`);
    const id = `${process.pid}.${threadId}.${++opened}`;
    files.set(descriptor, { id, at: 0, appends: (bits & O_APPEND) !== 0 });
    note({ op: "open", id, file, makes: (bits & O_CREAT) !== 0, empties: (bits & O_TRUNC) !== 0 });
  };
  const noteWrite = (descriptor, bytes, position) => {
    const file = files.get(descriptor);
    if (file === undefined) return;
    const isPlaced = typeof position === "number" || typeof position === "bigint";
    const at = file.appends ? null : isPlaced ? Number(position) : file.at;
    if (!isPlaced) file.at += bytes.length;
    const isZero = bytes.every((byte) => byte === 0);
    note({ op: "write", id: file.id, at, length: bytes.length, data: isZero ? null : dataEnd });
    if (isZero) return;
    real.writeSync(data, bytes);
    dataEnd += bytes.length;
  };
  const noteOf = (descriptor, event) => {
    const file = files.get(descriptor);
    if (file !== undefined) note({ ...event, id: file.id });
  };
  const noteSync = (descriptor) => noteOf(descriptor, { op: "sync" });

  /** After the system's own function has succeeded. */
  const afterwards = (name, then) => {
    fs[name] = (...args) => {
      const result = real[name](...args);
      then(result, ...args);
      return result;
    };
  };
  const afterCallback = (name, then) => {
    fs[name] = (...args) => {
      const done = args.pop();
      real[name](...args, (error, ...results) => {
        if (error === null) then(results[0], ...args);
        done(error, ...results);
      });
    };
  };

  afterwards("openSync", (descriptor, name, flags) => noteOpen(descriptor, name, flags));
  afterCallback("open", (descriptor, name, flags) => noteOpen(descriptor, name, flags));
  afterwards("writeSync", (length, descriptor, content, ...rest) => {
    const placed = typeof content !== "string";
    const start = placed && typeof rest[0] === "number" ? rest[0] : 0;
    noteWrite(descriptor, bytesOf(content).subarray(start, start + length), placed ? rest[2] : rest[0]);
  });
  // The system may have it from now on.
  fs.write = (descriptor, content, offset, length, position, done) => {
    noteWrite(descriptor, bytesOf(content).subarray(offset, offset + length), position);
    real.write(descriptor, content, offset, length, position, done);
  };
  fs.writev = (descriptor, pieces, position, done) => {
    noteWrite(descriptor, Buffer.concat(pieces), position);
    real.writev(descriptor, pieces, position, done);
  };
  afterwards("ftruncateSync", (_, descriptor, size = 0) => noteOf(descriptor, { op: "resize", size }));
  afterwards("truncateSync", (_, name, size = 0) => named({ op: "resize", size }, name));
  afterwards("fsyncSync", (_, descriptor) => noteSync(descriptor));
  afterCallback("fsync", (_, descriptor) => noteSync(descriptor));
  afterwards("closeSync", (_, descriptor) => files.delete(descriptor));
  fs.writeFileSync = (name, content, options) => {
    const { flag = "w", mode, flush = false } = options ?? {};
    const descriptor = fs.openSync(name, flag, mode);
    try {
      if (content.length > 0) fs.writeSync(descriptor, content);
      if (flush) fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  };
  afterwards("renameSync", (_, from, to) => named({ op: "rename", from: below(from) }, to));
  afterwards("unlinkSync", (_, name) => named({ op: "remove" }, name));
  afterwards("rmdirSync", (_, name) => named({ op: "remove" }, name));
  fs.rmSync = (name, options) => {
    const isThere = real.existsSync(name);
    real.rmSync(name, options);
    if (isThere) named({ op: "remove" }, name);
  };
  fs.mkdirSync = (name, options) => {
    const missing = [];
    for (let at = path.resolve(name); !real.existsSync(at); at = path.dirname(at)) missing.unshift(at);
    const result = real.mkdirSync(name, options);
    for (const each of missing) named({ op: "folder" }, each);
    return result;
  };
  fs.promises.open = async (name, ...rest) => {
    const handle = await open(name, ...rest);
    noteOpen(handle.fd, name, rest[0]);
    const sync = handle.sync.bind(handle);
    handle.sync = async () => {
      await sync();
      noteSync(handle.fd);
    };
    return handle;
  };
  syncBuiltinESMExports();

  const stop = () => {
    for (const name of Object.keys(real)) if (fs[name] !== real[name]) fs[name] = real[name];
    fs.promises.open = open;
    syncBuiltinESMExports();
    real.closeSync(events);
    real.closeSync(data);
  };
  return { note, stop };
};

const bytesOf = (content) =>
  typeof content === "string"
    ? Buffer.from(content)
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength);

module.exports = { record };
