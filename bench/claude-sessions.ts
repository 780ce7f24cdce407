import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { momentOf, PERIOD } from "./openrouter-activity.js";

const MODELS = ["claude-opus-4-20250514", "claude-sonnet-4-20250514"];

/** What a call is about, and what it says: the usage is the smaller part of such a log. */
const TEXT = "Some lines of code, and what was thought of them before they were changed.\n".repeat(8);

/**
 * Writes the logs that Claude Code keeps, of so many calls: a session a day, of each call what was asked and what was
 * answered, some 2 kB.
 * @param folder its configuration folder
 */
export const writeSessions = async (folder: string, records: number): Promise<void> => {
  const project = path.join(folder, "projects", "bench");
  await mkdir(project, { recursive: true });
  const perDay = Math.ceil(records / PERIOD.days);
  for (let day = 0; day * perDay < records; day++) {
    const last = Math.min((day + 1) * perDay, records);
    const file = path.join(project, `session-${day}.jsonl`);
    await pipeline(Readable.from(calls(day, day * perDay, last, records)), createWriteStream(file));
  }
};

function* calls(day: number, first: number, last: number, records: number): Generator<string> {
  for (let at = first; at < last; at++) {
    const entry = {
      parentUuid: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
      isSidechain: false,
      userType: "external",
      cwd: "/home/somebody/projects/bench",
      sessionId: `session-${day}`,
      version: "2.0.0",
      gitBranch: "main",
      timestamp: new Date(momentOf(at, records)).toISOString(),
    };
    const asked = {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: `toolu_${at}`, content: TEXT }],
    };
    const answered = {
      id: `msg_${at}`,
      type: "message",
      role: "assistant",
      model: MODELS[at % MODELS.length],
      content: [{ type: "text", text: TEXT }],
      stop_reason: "end_turn",
      usage: {
        input_tokens: 200 + ((at * 7919) % 30_000),
        output_tokens: 10 + ((at * 104_729) % 2_000),
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        service_tier: "standard",
      },
    };
    yield `${JSON.stringify({ ...entry, type: "user", message: asked, uuid: `u-${at}` })}\n`;
    yield `${JSON.stringify({ ...entry, type: "assistant", message: answered, requestId: `req_${at}`, uuid: `a-${at}` })}\n`;
  }
}
