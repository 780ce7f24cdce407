import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface AgentLogs {
  /** How many sessions: three in four of Claude Code, the others of Codex, each a file. */
  files: number;
  /** How large all files are together, within some percent. */
  bytes: number;
}

/** What somebody has who works with agents all day, for some months. */
export const MANY_LOGS: AgentLogs = { files: 4_000, bytes: 1_580_000_000 };

/** Answers of a session. Claude Code writes two lines of each. */
const ANSWERS = 35;
const START = Date.parse("2026-06-01T00:00:00Z");
const MINUTE_MS = 60_000;
const TEXT = "Some lines of code, and what was thought of them before they were changed.\n";

/**
 * Writes logs of coding agents into a home, always the same: most bytes are text, as in real ones.
 * @returns how many calls they tell of
 */
export const writeAgentLogs = (home: string, { files, bytes }: AgentLogs = MANY_LOGS): number => {
  const filler = TEXT.repeat(Math.max(1, Math.round(bytes / files / ANSWERS / TEXT.length)));
  for (let file = 0; file < files; file += 1) {
    const write = file % 4 === 3 ? writeCodex : writeClaude;
    // Half of the text is read by the model, half is written by it.
    write(home, {
      id: idOf(file),
      start: START + file * 45 * MINUTE_MS,
      text: filler.slice(filler.length / 2),
    });
  }
  return files * ANSWERS;
};

interface Session {
  id: string;
  start: number;
  text: string;
}

const idOf = (file: number): string => `00000000-0000-4000-8000-${String(file).padStart(12, "0")}`;

const linesOf = (lines: readonly unknown[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join("");

const writeClaude = (home: string, { id, start, text }: Session): void => {
  const project = `harbour-${Number(id.slice(-12)) % 40}`;
  const lines = answers(start).flatMap(({ at, number, input, cached, output }) => {
    const line = { isSidechain: false, cwd: `/home/ada/work/${project}`, sessionId: id, version: "2.1.313" };
    const answer = (time: string, tokens: number, stop: string | null) => ({
      ...line,
      type: "assistant",
      uuid: `${id}-${number}-${tokens}`,
      timestamp: time,
      requestId: `req_${id}_${number}`,
      message: {
        id: `msg_${id}_${number}`,
        role: "assistant",
        model: number % 5 === 0 ? "claude-haiku-4-5-20251001" : "claude-opus-5-5",
        content: [{ type: "text", text: tokens === 1 ? "" : text }],
        stop_reason: stop,
        usage: {
          input_tokens: input,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: cached,
          output_tokens: tokens,
        },
      },
    });
    return [
      { ...line, type: "user", timestamp: at(0), message: { role: "user", content: text } },
      answer(at(1), 1, null),
      answer(at(2), output, "end_turn"),
    ];
  });
  write(path.join(home, ".claude/projects", `-home-ada-work-${project}`, `${id}.jsonl`), lines);
};

const writeCodex = (home: string, { id, start, text }: Session): void => {
  const [day, time] = new Date(start).toISOString().slice(0, 19).split("T") as [string, string];
  const meta = {
    id,
    timestamp: new Date(start).toISOString(),
    cwd: "/home/ada/work/lantern",
    cli_version: "0.145.0",
  };
  const sum = { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, reasoning_output_tokens: 0 };
  const lines: unknown[] = [
    { timestamp: meta.timestamp, type: "session_meta", payload: { ...meta, model_provider: "openai" } },
    { timestamp: meta.timestamp, type: "turn_context", payload: { model: "gpt-5.5" } },
  ];
  for (const { at, input, cached, output } of answers(start)) {
    sum.input_tokens += input + cached;
    sum.cached_input_tokens += cached;
    sum.output_tokens += output;
    const info = { total_token_usage: { ...sum }, model_context_window: 258_400 };
    const count = { type: "token_count", info, rate_limits: { plan_type: "plus" } };
    for (const role of ["user", "assistant"]) {
      lines.push({
        timestamp: at(0),
        type: "response_item",
        payload: { type: "message", role, content: text },
      });
    }
    // It says the same again when nothing was asked meanwhile.
    lines.push({ timestamp: at(1), type: "event_msg", payload: count });
    lines.push({ timestamp: at(2), type: "event_msg", payload: count });
  }
  const name = `rollout-${day}T${time.replaceAll(":", "-")}-${id}.jsonl`;
  write(path.join(home, ".codex/sessions", day.replaceAll("-", "/"), name), lines);
};

const write = (file: string, lines: readonly unknown[]): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, linesOf(lines));
};

const answers = (start: number) =>
  Array.from({ length: ANSWERS }, (_, number) => ({
    number,
    /** Seconds after it was asked. */
    at: (seconds: number): string => new Date(start + number * MINUTE_MS + seconds * 1_000).toISOString(),
    input: 200 + ((number * 7_919) % 3_000),
    cached: 20_000 + ((number * 104_729) % 90_000),
    output: 10 + ((start / MINUTE_MS + number * 7_907) % 2_000),
  }));
