import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogFile } from "../../src/lib/agents/agent.js";
import type { AgentCall } from "../../src/lib/agents/call.js";
import { beginClaude } from "../../src/lib/agents/claude-code/read.js";
import { joinedSight, type Sight, sightIn } from "../../src/lib/agents/claude-code/usage.js";

const FILE: LogFile = { path: "/log", root: "/", name: "log", kind: "lines" };
const PLACE = { env: {}, home: "/nobody", platform: "linux" } as const;

/** What a file with these sights gives, and what it leaves for the next reading. */
const read = (sights: readonly Sight[]): { calls: AgentCall[]; carry: unknown } => {
  const calls: AgentCall[] = [];
  const reader = beginClaude({
    place: PLACE,
    files: [FILE],
    carry: undefined,
    call: (call) => calls.push(call),
    withdraw: () => undefined,
  });
  const file = reader.open(FILE, undefined);
  // A reader may change what it is given.
  for (const sight of structuredClone(sights)) file.value?.(sight);
  const carry = file.carry?.();
  reader.end();
  return { calls, carry };
};

const joined = (sights: readonly Sight[]): Sight[] =>
  sights.reduce<Sight[]>((joined, sight) => {
    const last = joined.at(-1);
    const one = last && joinedSight(last, sight);
    return one ? [...joined.slice(0, -1), one] : [...joined, sight];
  }, []);

const tokens = fc.record({ input_tokens: fc.nat({ max: 3 }), output_tokens: fc.nat({ max: 3 }) });
const response = fc.record({
  id: fc.constantFrom("one", "two", undefined),
  requestId: fc.constantFrom("first", "second", undefined),
  model: fc.constantFrom("claude-opus-5-5", "anthropic.claude-opus-5-5"),
  isSidechain: fc.boolean(),
  advisors: fc.nat({ max: 2 }),
});
const line = fc.record({
  second: fc.nat({ max: 3 }),
  sessionId: fc.constantFrom("session", "branch"),
  usage: tokens,
  advised: fc.tuple(tokens, tokens),
});
/** Most lines of a response follow each other. */
const sights = fc
  .array(fc.tuple(response, fc.array(line, { minLength: 1, maxLength: 3 })), { maxLength: 4 })
  .map((responses) =>
    responses.flatMap(([{ id, requestId, model, isSidechain, advisors }, lines]) =>
      lines.flatMap(({ second, sessionId, usage, advised }) => {
        const iterations = advised
          .slice(0, advisors)
          .map((each) => ({ type: "advisor_message", model, ...each }));
        const sight = sightIn({
          type: "assistant",
          uuid: `line-${second}`,
          timestamp: `2026-11-01T10:00:0${second}.000Z`,
          message: { id, model, usage: { ...usage, iterations } },
          ...{ requestId, isSidechain, sessionId },
        });
        return sight ?? [];
      }),
    ),
  );

test("sights that are joined say what they said one by one", () => {
  let fewer = 0;
  fc.assert(
    fc.property(sights, (sights) => {
      const short = joined(sights);
      if (short.length < sights.length) fewer++;
      expect(read(short)).toEqual(read(sights));
    }),
    { numRuns: 500 },
  );
  expect(fewer).toBeGreaterThan(100);
});
