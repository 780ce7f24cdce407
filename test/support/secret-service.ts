import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Says which variables a process has, beside `PATH`. */
export type Environment = Record<string, string>;

/** A D-Bus session with a home of its own, and the keyring that lies in it. */
export interface Session {
  /** What a process of this session has in its environment, and no display. */
  env: Environment;
  /** Starts gnome-keyring with its one keyring open. */
  unlock(): Promise<ChildProcess>;
  /** Starts gnome-keyring anew with its keyring closed: nobody can be asked to open it. */
  lock(): Promise<ChildProcess>;
  /** How many entries the open keyring has. */
  entries(): Promise<number>;
  stop(): Promise<void>;
}

/** A bus that starts no services by itself, whatever the machine has installed. */
const busConfig = (folder: string): string => `
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=${folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>`;

/** Starts a D-Bus session without a Secret Service. */
export const startSession = async (): Promise<Session> => {
  const folder = mkdtempSync(path.join(tmpdir(), "aicost-keyring-"));
  const config = path.join(folder, "bus.conf");
  writeFileSync(config, busConfig(folder));
  const bus = spawn("dbus-daemon", [`--config-file=${config}`, "--nofork", "--print-address=1"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [address] = (await once(bus.stdout, "data")) as [Buffer];
  const env = {
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    DBUS_SESSION_BUS_ADDRESS: address.toString().trim(),
  };

  let keyring: ChildProcess | undefined;
  const stopKeyring = async (): Promise<void> => {
    if (keyring !== undefined) await killed(keyring);
    while (await isOffered(env)) await sleep(20);
  };
  const start = async (how: string[], password: string): Promise<ChildProcess> => {
    await stopKeyring();
    keyring = spawn("gnome-keyring-daemon", ["--foreground", "--components=secrets", ...how], {
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["pipe", "ignore", "ignore"],
    });
    keyring.stdin?.end(password);
    while (!(await isOffered(env))) await sleep(20);
    return keyring;
  };
  return {
    env,
    unlock: () => start(["--unlock"], "open sesame\n"),
    lock: () => start([], ""),
    entries: () => countEntries(env),
    stop: async () => {
      await stopKeyring();
      await killed(bus);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A stopped process ends too. */
const killed = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
};

const isOffered = async (env: Environment): Promise<boolean> => {
  const { stdout } = await busCall(env, [
    "--dest=org.freedesktop.DBus",
    "/",
    "org.freedesktop.DBus.NameHasOwner",
    "string:org.freedesktop.secrets",
  ]);
  return stdout.includes("boolean true");
};

const countEntries = async (env: Environment): Promise<number> => {
  const { stdout } = await busCall(env, [
    "--dest=org.freedesktop.secrets",
    "/org/freedesktop/secrets/collection/login",
    "org.freedesktop.DBus.Properties.Get",
    "string:org.freedesktop.Secret.Collection",
    "string:Items",
  ]);
  return stdout.split("object path").length - 1;
};

const busCall = (env: Environment, call: string[]) =>
  run("dbus-send", ["--session", "--print-reply", ...call], { env: { PATH: process.env["PATH"], ...env } });
