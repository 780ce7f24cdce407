import { basename, win32 } from "node:path";
import type { ReadStream } from "node:tty";
import { decimal, plain } from "../money.js";
import { type AgentSession, NO_SESSION } from "../render/session-text.js";
import { jsonIn, objectOr } from "../system/json.js";

/** An agent writes at once; a standard input that stays open must not hold up a status line. */
const LIMIT_MS = 500;

/** Claude Code sends two thousand characters. */
const MOST_CHARACTERS = 1_000_000;

/** What an agent says on standard input. Never fails: what is missing, broken or late is unknown. */
export const readSession = async (): Promise<AgentSession> => {
  try {
    // A person who types the command has nothing to say.
    return process.stdin.isTTY ? NO_SESSION : sessionIn(await textFrom(process.stdin));
  } catch {
    return NO_SESSION;
  }
};

/** Until it ends, or holds a whole document. */
const textFrom = (input: ReadStream): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    const done = (): void => {
      clearTimeout(timer);
      // Nothing would end the process if the other side keeps the pipe open.
      input.destroy();
      resolve(text);
    };
    const timer = setTimeout(done, LIMIT_MS);
    input
      .setEncoding("utf8")
      .on("data", (piece) => {
        text += String(piece);
        if (text.length > MOST_CHARACTERS || jsonIn(text) !== undefined) done();
      })
      .on("end", done)
      .on("error", done);
  });

/** The form of Claude Code: https://code.claude.com/docs/en/statusline */
export const sessionIn = (text: string): AgentSession => {
  const { cost, model, workspace, cwd } = objectOr(jsonIn(text));
  const { project_dir, current_dir } = objectOr(workspace);
  return {
    cost_usd: amountOr(objectOr(cost)["total_cost_usd"]),
    model: textOr(objectOr(model)["display_name"]) ?? textOr(objectOr(model)["id"]),
    project: lastPart(textOr(project_dir) ?? textOr(current_dir) ?? textOr(cwd)),
  };
};

const textOr = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

const amountOr = (value: unknown): string | null =>
  typeof value === "number" && value >= 0 && Number.isFinite(value) ? plain(decimal(String(value))) : null;

/** Of a path of any system. */
const lastPart = (path: string | null): string | null =>
  path === null ? null : textOr(path.includes("\\") ? win32.basename(path) : basename(path));
