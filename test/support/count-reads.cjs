// Required by a process before anything else, also in its threads: writes a line for each opening and each read of one
// file to a log. COUNT_READS is “FILE:LOG”.
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const [counted, log] = process.env.COUNT_READS.split(":");
const { writeSync, readlinkSync, realpathSync, openSync, open, readSync, read, readv } = fs;
const descriptor = openSync(log, "a");
const note = (line) => writeSync(descriptor, `${line}\n`);

const isPathOfCounted = (path) =>
  typeof path === "string" && fs.existsSync(path) && realpathSync(path) === counted;
const noteOpen = (path) => {
  if (isPathOfCounted(path)) note("open");
};
// A descriptor may have been opened in another thread.
const isCounted = (fd) => readlinkSync(`/proc/self/fd/${fd}`) === counted;
const noteRead = (fd, bytes) => {
  if (bytes > 0 && isCounted(fd)) note(`read ${bytes}`);
};

fs.openSync = (path, ...rest) => {
  noteOpen(path);
  return openSync(path, ...rest);
};
fs.open = (path, ...rest) => {
  noteOpen(path);
  return open(path, ...rest);
};
fs.readSync = (fd, ...rest) => {
  const bytes = readSync(fd, ...rest);
  noteRead(fd, bytes);
  return bytes;
};
for (const [name, original] of Object.entries({ read, readv })) {
  fs[name] = (fd, ...rest) => {
    const done = rest.pop();
    return original(fd, ...rest, (error, bytes, ...more) => {
      if (!error) noteRead(fd, bytes);
      done(error, bytes, ...more);
    });
  };
}

// These open and read past the functions above.
for (const [owner, name] of [
  ...["readFile", "readFileSync", "openAsBlob", "copyFile", "copyFileSync"].map((name) => [fs, name]),
  ...["open", "readFile", "copyFile"].map((name) => [fs.promises, name]),
]) {
  const original = owner[name];
  owner[name] = (path, ...rest) => {
    noteOpen(path);
    if (isPathOfCounted(path)) note(`read ${fs.statSync(path).size}`);
    return original.call(owner, path, ...rest);
  };
}
syncBuiltinESMExports();
