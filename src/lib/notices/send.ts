import { spawn } from "node:child_process";
import { basename } from "node:path";
import { UserError } from "../errors.js";
import { redacted } from "../secrets/redact.js";
import { makeFetch, type Service } from "../server/http.js";
import { printable } from "../terminal/clean.js";
import { type NoticeTarget, webhookAddress } from "./target.js";

/** What is sent. */
export interface Message {
  /** A sentence or more for each notice, one line each. */
  lines: readonly string[];
  /** The same for programs. */
  notices: readonly object[];
}

/** Programs and servers that take longer are given up. */
const LIMIT_MS = 20_000;

/** A line with more is cut: names come from files and projects. */
const LONGEST = 1000;

/**
 * Sends one message, once. Nothing in it is a secret, and nothing in it decides what runs or where it goes.
 * @throws UserError `notice_failed`
 */
export const sendMessage = async (
  { lines, notices }: Message,
  target: NoticeTarget,
  { env, signal }: { env: NodeJS.ProcessEnv; signal?: AbortSignal | undefined },
): Promise<void> => {
  const text = lines.map((line) => redacted(printable(line)).slice(0, LONGEST)).join("\n");
  if ("command" in target) return runProgram(target.command, `${text}\n`, env);
  return post(target.webhook, redacted(JSON.stringify({ text, notices })), signal);
};

const failed = (why: string, hint: string): UserError =>
  new UserError("notice_failed", `The notice was not sent: ${why}.`, hint);

const runProgram = async (
  [program = "", ...words]: readonly string[],
  input: string,
  env: NodeJS.ProcessEnv,
): Promise<void> => {
  const name = basename(program);
  const hint = "It is tried again next time. Try it now with: aicost budgets notify --test";
  const ended = await new Promise<string | null>((resolve) => {
    const child = spawn(program, words, {
      shell: false,
      env: withoutSecrets(env),
      stdio: ["pipe", "ignore", "ignore"],
      windowsHide: true,
    });
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      resolve(`${name} ran for more than ${LIMIT_MS / 1000} seconds`);
    }, LIMIT_MS);
    const end = (why: string | null): void => {
      clearTimeout(timer);
      resolve(why);
    };
    child
      .on("error", (error: NodeJS.ErrnoException) =>
        end(`${name} cannot be run (${error.code ?? "unknown"})`),
      )
      .on("exit", (code) => end(code === 0 ? null : `${name} ended with ${code ?? "a signal"}`));
    // A program need not read what it is told.
    child.stdin.on("error", () => undefined).end(input);
  });
  if (ended !== null) throw failed(ended, hint);
};

/** What of aicost's own settings a program may know; others may hold passwords and tokens. */
const HARMLESS: readonly string[] = ["AICOST_CONFIG_DIR", "AICOST_DATA_DIR", "AICOST_PROFILE"];

const withoutSecrets = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith("AICOST_") || HARMLESS.includes(name)),
  );

const SERVICE: Service = {
  fateOf: ({ status }) => (status === 429 || status === 503 ? "not_done" : "final"),
  addressHint: () => "",
};

/** A second try only if the first one surely was not carried out. */
const LIMITS = {
  tries: 2,
  tryMs: LIMIT_MS,
  lastTryMs: LIMIT_MS,
  pauseMs: 500,
  askedMs: 5000,
  mostBytes: 1e6,
};

const post = async (address: string, body: string, signal?: AbortSignal): Promise<void> => {
  // The config file may have been edited by hand.
  const url = webhookAddress(address);
  const status = await makeFetch(
    SERVICE,
    () => "if_unheard",
    LIMITS,
  )(url.href, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    signal: signal ?? null,
  }).then(
    (answer) => answer.status,
    (error: unknown) => {
      signal?.throwIfAborted();
      if (!(error instanceof UserError)) throw error;
      // Its message may name the whole address.
      throw failed(`${url.host} could not be reached (${error.code})`, "It is tried again next time.");
    },
  );
  if (status >= 200 && status < 300) return;
  const why =
    status >= 300 && status < 400
      ? `redirects (${status}), which aicost does not follow`
      : `answered ${status}`;
  throw failed(`${url.host} ${why}`, "Check the address, and set it again with --webhook.");
};
