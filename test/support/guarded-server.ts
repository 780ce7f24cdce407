import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chown, lchown, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** Servers do not run as root, which PostgreSQL refuses; `nobody` is there on every system. */
export const runAs = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/** Makes the servers' user the owner of a folder and of all that is in it. */
export const giveAway = async (folder: string): Promise<void> => {
  if (!runAs) return;
  for (const entry of await readdir(folder, { recursive: true })) {
    await lchown(path.join(folder, entry), runAs.uid, runAs.gid);
  }
  await chown(folder, runAs.uid, runAs.gid);
};

/**
 * A shell that ends the server and removes its folder when its own standard input closes, and so also when the process
 * that started it is killed. Signals from the terminal reach the server by themselves.
 */
const GUARD = `
trap '' INT TERM HUP PIPE
signal=$1 folder=$2
shift 2
exec 3<&0
"$@" 3<&- &
server=$!
{ read -r _ <&3; kill -"$signal" $server; } &
watch=$!
wait $server
kill $watch 2>/dev/null
rm -rf "$folder"
`;

export interface GuardedServer {
  /** Goes when the server ends. */
  folder: string;
  /** Ends the server at once; PostgreSQL writes everything to its data folder first if that is INT. */
  signal: "QUIT" | "KILL" | "INT";
  env?: NodeJS.ProcessEnv;
}

/** Starts a server that ends, and whose folder goes, with `stopGuarded` or with this process, however that ends. */
export const spawnGuarded = (
  command: readonly string[],
  { folder, signal, env }: GuardedServer,
): ChildProcess =>
  spawn("sh", ["-c", GUARD, "sh", signal, folder, ...command], {
    ...runAs,
    cwd: tmpdir(),
    stdio: ["pipe", "ignore", "pipe"],
    ...(env === undefined ? {} : { env }),
  });

export const stopGuarded = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, "exit");
  server.stdin?.end();
  await exit;
};
