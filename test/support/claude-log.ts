import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { Home } from "./cli.js";

/** One response, as a line of a transcript of Claude Code. */
export interface ClaudeLine {
  id: string;
  at: string;
  output: number;
  input?: number;
  model?: string;
  session?: string;
  cwd?: string;
}

/** What the conversations are about: nothing of it may be stored. */
export const SAID = "the quick zebra vaults over lazy marmots";

export const claudeLine = ({
  id,
  at,
  output,
  input = 1000,
  model = "claude-opus-5-5",
  session = "s-1",
  cwd = "/home/ada/work/harbour",
}: ClaudeLine): string =>
  `${JSON.stringify({
    type: "assistant",
    timestamp: at,
    sessionId: session,
    requestId: `req_${id}`,
    uuid: `u-${id}-${output}`,
    version: "2.1.0",
    cwd,
    message: {
      id: `msg_${id}`,
      role: "assistant",
      model,
      content: [{ type: "text", text: SAID }],
      usage: {
        input_tokens: input,
        output_tokens: output,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 0,
      },
    },
  })}\n`;

/** Adds text to a transcript in the home of a person. @returns its path */
export const addToTranscript = ({ folder }: Pick<Home, "folder">, text: string, session = "s-1"): string => {
  const file = path.join(folder, ".claude/projects/-home-ada-work-harbour", `${session}.jsonl`);
  mkdirSync(path.dirname(file), { recursive: true });
  appendFileSync(file, text);
  return file;
};
