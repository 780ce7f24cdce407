import type { Agent, LogFile, Place } from "../agents/agent.js";
import { findFiles } from "../agents/find-files.js";
import { AGENTS } from "../agents/index.js";
import { isUnchanged, stampOf } from "../agents/stamp.js";
import { type AgentState, loadState } from "../agents/state.js";
import { counted } from "../money.js";
import { loadMemory, stateFile } from "../scan/memory.js";
import { ageInDays, ageText } from "./age.js";
import { type Check, type Finding, ok, type Setup, warning } from "./check.js";

/** A timer scans at least once a day. */
const LATE_DAYS = 2;

/** Logs that their agent deletes within so many days are about to be lost. */
const SOON_DAYS = 7;

const SCAN = "aicost scan";

/** An agent with logs on this machine. */
interface FoundAgent {
  agent: Agent;
  /** When each log that was not read since was last written to, RFC 3339. */
  unread: string[];
}

/** The logs of coding agents: whether they were scanned, and whether any are lost soon. No log is opened. */
export const agents: Check = {
  name: "agents",
  look(setup) {
    const { env, machine, dataDir, now } = setup;
    const place: Place = { env, home: machine.home, platform: machine.platform };
    const profile = setup.profile().name;
    const known = loadState(stateFile(dataDir, profile)).agents;
    const found = AGENTS.flatMap((agent) => foundOf(agent, place, known.get(agent.id)) ?? []);
    if (found.length === 0) return null;
    const names = found.map(({ agent }) => agent.name).join(", ");
    const memory = loadMemory(dataDir, profile);
    if (memory === null) return warning(`${names}: logs that were never scanned`, SCAN);
    const { scanned_at } = memory;
    const problem =
      found.flatMap((each) => lossOf(each, place, setup) ?? [])[0] ?? lateness(found, scanned_at, now);
    return problem ?? ok(`${names}, last scan ${scanned_at.slice(0, 16).replace("T", " ")} UTC`);
  },
};

const foundOf = (agent: Agent, place: Place, state: AgentState | undefined): FoundAgent | null => {
  const { files } = findFiles(agent, place);
  const unread = files.flatMap((file) => writtenIfUnread(file, state) ?? []);
  return files.length === 0 ? null : { agent, unread };
};

const writtenIfUnread = (file: LogFile, state: AgentState | undefined): string | null => {
  const stamp = stampOf(file);
  if (stamp === undefined) return null;
  const known = state?.files.get(file.path);
  if (known !== undefined && isUnchanged(stamp, known)) return null;
  return new Date(Number(stamp.newest / 1_000_000n)).toISOString();
};

/** An agent deletes a log so many days after it was last written to. */
const lossOf = ({ agent, unread }: FoundAgent, place: Place, { now }: Setup): Finding | null => {
  const days = agent.deletesAfterDays(place);
  if (days === null) return null;
  const dying = unread.filter((written) => ageInDays(written, now) >= days - SOON_DAYS);
  return dying.length === 0
    ? null
    : warning(
        `${agent.name} deletes ${counted(dying.length, "log")} that ${dying.length === 1 ? "is" : "are"} not stored yet within ${SOON_DAYS} days`,
        SCAN,
      );
};

const lateness = (found: readonly FoundAgent[], scannedAt: string, now: Date): Finding | null => {
  const count = found.reduce((all, { unread }) => all + unread.length, 0);
  if (count === 0 || ageInDays(scannedAt, now) < LATE_DAYS) return null;
  return warning(
    `${counted(count, "log")} changed since the last scan, which was ${ageText(scannedAt, now)} ago`,
    `${SCAN}, or by itself: aicost sync --install`,
  );
};
