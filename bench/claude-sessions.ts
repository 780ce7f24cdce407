import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { momentOf, PERIOD } from "./openrouter-activity.js";

const MODELS = ["claude-opus-4-20250514", "claude-sonnet-4-20250514"];

/** Writes the logs that Claude Code keeps, of so many calls: a session a day. @param folder its configuration folder */
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
    const call = {
      timestamp: new Date(momentOf(at, records)).toISOString(),
      sessionId: `session-${day}`,
      version: "2.0.0",
      requestId: `req_${at}`,
      message: {
        id: `msg_${at}`,
        model: MODELS[at % MODELS.length],
        usage: {
          input_tokens: 200 + ((at * 7919) % 30_000),
          output_tokens: 10 + ((at * 104_729) % 2_000),
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 0,
        },
      },
    };
    yield `${JSON.stringify(call)}\n`;
  }
}
