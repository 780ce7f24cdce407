import { execFile } from "node:child_process";
import { join } from "node:path";
import { UserError } from "../errors.js";
import { PACKAGE_ROOT } from "../system/package-root.js";
import type { Secrets } from "./secrets.js";
import type { KeychainReply, KeychainRequest } from "./keychain-process.js";

/** The built program, even if this file runs from `src`. */
const PROGRAM = join(PACKAGE_ROOT, "dist/lib/secrets/keychain-process.js");

/** How long the keychain may take without a person, and with one who can unlock it; and when that person is told. */
const LIMIT_MS = { alone: 3_000, watched: 60_000, untilTold: 2_000 };

/** Windows takes 2,560 bytes. JSON knows no infinity. */
const LONGEST_BYTES = process.platform === "win32" ? 1_200 : Number.MAX_SAFE_INTEGER;

export interface KeychainOptions {
  onUnlock?: (() => void) | undefined;
  /** In bytes: a longer value is split. */
  longest?: number;
}

/**
 * The keychain of the operating system. Each call is a process of its own: a keychain that waits to be unlocked blocks
 * a thread of the process that asked, which can then neither go on nor end, and only a process can be stopped.
 */
export const openKeychain = ({ onUnlock, longest = LONGEST_BYTES }: KeychainOptions): Secrets => ({
  kind: "keychain",
  get: async (name) => {
    const answer = await ask({ do: "get", name, longest }, onUnlock);
    return typeof answer === "string" ? answer : null;
  },
  set: async (name, value) => {
    await ask({ do: "set", name, value, longest }, onUnlock);
  },
  remove: async (name) => (await ask({ do: "remove", name, longest }, onUnlock)) === true,
});

const ask = async (
  request: KeychainRequest,
  onUnlock: (() => void) | undefined,
): Promise<string | boolean | null> => {
  const reply = await replyTo(request, onUnlock);
  if ("failed" in reply) throw failure(reply);
  return reply.answer;
};

const replyTo = (request: KeychainRequest, onUnlock: (() => void) | undefined): Promise<KeychainReply> => {
  const limit = onUnlock === undefined ? LIMIT_MS.alone : LIMIT_MS.watched;
  const telling = onUnlock && setTimeout(onUnlock, LIMIT_MS.untilTold);
  return new Promise((resolve, reject) => {
    const options = {
      timeout: limit,
      killSignal: "SIGKILL",
      maxBuffer: Infinity,
      windowsHide: true,
    } as const;
    const child = execFile(process.execPath, [PROGRAM], options, (error, stdout) => {
      clearTimeout(telling);
      if (error?.killed) reject(noAnswer(limit));
      else if (stdout === "") reject(unusable(`its process ended with ${error?.signal ?? error?.code}`));
      else resolve(replyIn(stdout));
    });
    // One that could not start or was stopped does not read; what became of it is said above.
    child.stdin?.on("error", () => {}).end(JSON.stringify(request));
  });
};

/** What the parser says of anything else would show a piece of a secret. */
const replyIn = (text: string): KeychainReply => {
  try {
    return JSON.parse(text) as KeychainReply;
  } catch {
    return { failed: "refused", why: "its process answered with something other than JSON" };
  }
};

const OTHERWISE =
  "Without a keychain: set AICOST_SECRETS=file to keep sessions and vault keys in files that only you can read. In CI set AICOST_ACCESS_TOKEN.";

const noAnswer = (limit: number) =>
  new UserError(
    "keychain_timeout",
    `The keychain did not answer within ${limit / 1000} s.`,
    `It may be waiting in a window to be unlocked: unlock it, and try again.\n${OTHERWISE}`,
  );

const unusable = (why: string, remedy = "", cause?: Error) =>
  new UserError("keychain_unavailable", `The keychain cannot be used: ${why}.`, `${remedy}${OTHERWISE}`, {
    cause,
  });

/** Texts of the Secret Service, and of the macOS keychain if no person may be asked. */
const LOCKED = /\blocked\b|dismissed|collection\/login|not allowed|cancell?ed/i;
const NO_BUS = /autolaunch|dbus-launch|could not connect/i;
const NO_SERVICE = /org\.freedesktop\.secrets was not provided/;

const failure = ({ failed, why }: Extract<KeychainReply, { failed: string }>): UserError => {
  const cause = new Error(why);
  if (failed === "part_missing") return halfGone();
  if (failed === "not_kept") return unusable("it did not keep what it was given");
  if (failed === "no_driver") return noDriver(cause);
  if (LOCKED.test(why)) {
    return new UserError(
      "keychain_locked",
      "The keychain is locked, or was never set up.",
      `Unlock it, and try again.\n${OTHERWISE}`,
      { cause },
    );
  }
  if (NO_BUS.test(why)) return unusable("there is no D-Bus session here", "", cause);
  if (NO_SERVICE.test(why)) {
    const remedy = "Start one, for example gnome-keyring or KeePassXC.\n";
    return unusable("no program here offers the Secret Service", remedy, cause);
  }
  return unusable(why.split("\n")[0]?.replace(/\.$/, "") ?? "", "", cause);
};

const halfGone = () =>
  new UserError(
    "secret_missing",
    "The keychain has lost a part of the secret.",
    "To restore a session: aicost login; a vault key: aicost vault import FILE",
  );

const noDriver = (cause: Error) =>
  process.platform === "linux"
    ? unusable(
        "its library does not load; libsecret-1.so.0 may be missing",
        "Debian, Ubuntu: sudo apt install libsecret-1-0\n",
        cause,
      )
    : unusable("its library does not load", "Install aicost again.\n", cause);
