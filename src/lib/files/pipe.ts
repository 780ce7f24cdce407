import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, createReadStream } from "node:fs";
import { Readable } from "node:stream";

/**
 * What can be read only once and may make its reader wait, such as a named pipe or a device. Another process reads it: a
 * thread of this one that waits for a writer could not be stopped, and Node would not end before it.
 */
export const readPipe = (path: string, signal: AbortSignal): Readable => {
  if (process.platform === "win32") return createReadStream(path);
  accessSync(path, constants.R_OK);
  return Readable.from(bytesOf(path, signal));
};

async function* bytesOf(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  // In a group of its own, so that Ctrl+C in a terminal does not look like the end of the data.
  const reader = spawn("cat", ["--", path], { stdio: ["ignore", "pipe", "ignore"], detached: true });
  const ended = once(reader, "close");
  ended.catch(() => undefined);
  const stop = (): void => void reader.kill("SIGKILL");
  signal.addEventListener("abort", stop);
  try {
    yield* reader.stdout as AsyncIterable<Buffer>;
    const [code] = (await ended) as [number | null];
    if (code !== 0)
      throw Object.assign(new Error(`cat ended with ${code}`), { code: "EIO", syscall: "read" });
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
