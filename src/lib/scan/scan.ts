import type { AgentReading, LogReading, ReadOptions } from "../agents/read-logs.js";
import { readLogs } from "../agents/read-logs.js";
import type { Place } from "../agents/agent.js";
import { loadState, type LogState, saveState } from "../agents/state.js";
import type { Preferences, Scans } from "../api.js";
import { UserError } from "../errors.js";
import { today } from "../dates/ranges.js";
import { type Pricer, pricerOf } from "../prices/pricer.js";
import { settleRest } from "../store/settle.js";
import type { Store } from "../store/store.js";
import { own } from "../system/own.js";
import type { WithProgress } from "../terminal/progress.js";
import { type ChangeOptions, type Changes, changesOf } from "./changes.js";
import {
  loadMemory,
  machineId,
  type Memory,
  NO_SCANS,
  saveMemory,
  stateFile,
  stillStands,
} from "./memory.js";
import { payerOf } from "./payment.js";
import type { ProjectNames } from "./project-name.js";
import { type AgentScan, scanOf } from "./result.js";
import { sumCalls, writeCalls, type WriteCallsOptions } from "./write-calls.js";

/** Whose scans: the machine's notes are of one profile. */
export interface ScanPlace {
  dataDir: string;
  profile: string;
  /** The address of the Supabase project; null for the embedded database. */
  project: string | null;
}

export interface ScanOptions extends Pick<ReadOptions, "only"> {
  /** Whose logs. */
  logs: Place;
  /** As the last time if absent; `short` at first. */
  projectNames?: ProjectNames | undefined;
  /** Find out what would be stored, and store nothing. */
  dryRun: boolean;
  now: Date;
  /** The scans in the database, without opening it if that can be. */
  scans: () => Promise<Scans>;
  /** Opens the store for a while. @param heavy for many rows */
  inStore: <Result>(work: (store: Store) => Promise<Result>, heavy: boolean) => Promise<Result>;
  progress: WithProgress;
  signal: AbortSignal;
}

/** So many calls make enough records to prepare the database for them. */
const HEAVY = 500_000;

/**
 * Reads what the logs of coding agents have that was not read before, and stores it. How far they were read is noted only
 * once all of it is stored.
 * @throws the reason of `signal`, and what the store throws
 */
export const scan = async (place: ScanPlace, options: ScanOptions): Promise<AgentScan[]> => {
  for (let tries = 1; ; tries++) {
    try {
      return await scanOnce(place, options);
    } catch (error) {
      const isLate = error instanceof UserError && error.code === "scanned_meanwhile";
      if (!isLate || tries === TRIES) throw error;
    }
  }
};

/** How often a scan begins again because another machine was faster. */
const TRIES = 5;

const scanOnce = async (place: ScanPlace, options: ScanOptions): Promise<AgentScan[]> => {
  const memory = loadMemory(place.dataDir, place.profile);
  const before = memory && (await options.scans());
  const state = standingState(
    loadState(stateFile(place.dataDir, place.profile)),
    memory,
    before ?? {},
    place,
  );
  const reading = await readAll(state, options);
  options.signal.throwIfAborted();
  const calls = reading.agents.reduce((sum, agent) => sum + agent.calls.length, 0);
  if (calls === 0 && reading.agents.every(({ withdrawn }) => withdrawn.length === 0)) {
    const scans = before ?? (await options.scans());
    if (!options.dryRun) remember(place, reading, { ...noted(memory, place, options), scans });
    return reading.agents.map((agent) => scanOf(agent));
  }
  return options.progress("Storing calls", calls, (onProgress) =>
    options.inStore(
      (store) => storeReading(store, reading, { place, memory, options, onProgress }),
      calls >= HEAVY,
    ),
  );
};

/** Of the files of an agent, that many parts are shown as they are read. */
const PARTS = 10_000;

const readAll = (state: LogState, { logs, only, progress }: ScanOptions): Promise<LogReading> =>
  progress("Reading logs", PARTS, (onProgress) =>
    readLogs(logs, state, {
      ...(only && { only }),
      onProgress: ({ done, of }) => onProgress(Math.floor((done / of) * PARTS)),
    }),
  );

/** If some of what was stored of an agent is gone, its logs are read again from the beginning. */
const standingState = (
  state: LogState,
  memory: Memory | null,
  scans: Scans,
  { project }: ScanPlace,
): LogState => ({
  agents: new Map(
    [...state.agents].filter(([agent]) => memory !== null && stillStands(agent, memory, scans, project)),
  ),
});

const noted = (memory: Memory | null, { project }: ScanPlace, options: ScanOptions): Memory => ({
  known_until: memory?.known_until ?? {},
  scans: memory?.scans ?? {},
  project,
  project_names: options.projectNames ?? memory?.project_names ?? "short",
  scanned_at: options.now.toISOString(),
});

/** First how far the logs were read: without the rest, they are read again. */
const remember = ({ dataDir, profile }: ScanPlace, { state }: LogReading, memory: Memory): void => {
  saveState(stateFile(dataDir, profile), state);
  saveMemory(dataDir, profile, memory);
};

interface Storing {
  place: ScanPlace;
  memory: Memory | null;
  options: ScanOptions;
  onProgress: (calls: number) => void;
}

const storeReading = async (
  store: Store,
  reading: LogReading,
  { place, memory, options, onProgress }: Storing,
): Promise<AgentScan[]> => {
  const preferences = await store.call("get_preferences", {});
  const notes = noted(memory, place, options);
  let sent = 0;
  const onSent = (calls: number): void => onProgress((sent += calls));
  const pricer = await pricerOf(store);
  const results: AgentScan[] = [];
  const known = { ...notes.known_until };
  for (const agent of reading.agents) {
    options.signal.throwIfAborted();
    const write = { ...writeOptionsOf(agent, { preferences, notes, pricer, options }), onSent };
    const change = changeOptionsOf(agent, preferences, notes);
    const stored = await storeAgent(store, agent, { change, write, place, options });
    known[agent.agent.id] = { ...known[agent.agent.id], ...stored.known };
    results.push(stored.scan);
  }
  if (options.dryRun) return results;
  // What a scan that was cut short left to be settled.
  if (results.every(({ import_id }) => import_id === null)) await settleRest(store);
  const after = await store.call("list_scans", {});
  remember(place, reading, { ...notes, known_until: known, scans: after });
  return results;
};

interface StoringAgent {
  change: Omit<ChangeOptions, "isFirst">;
  write: Omit<WriteCallsOptions, "machine" | "after">;
  place: ScanPlace;
  options: ScanOptions;
}

/** @returns with it, by provider, until when its days are known now */
const storeAgent = async (
  store: Store,
  reading: AgentReading,
  { change, write, place, options }: StoringAgent,
): Promise<{ scan: AgentScan; known: Record<string, string> }> => {
  const { standing, last } = own(await store.call("list_scans", {}), reading.agent.id) ?? NO_SCANS;
  const changes = await changesOf(store, reading, { ...change, isFirst: standing === 0 });
  const job = { ...write, after: last, machine: options.dryRun ? "" : machineId(place.dataDir) };
  if (changes.quarters.length === 0 || options.dryRun)
    return { scan: scanOf(reading, { ...countsOf(changes), ...sumCalls(changes, job) }), known: {} };
  const { known, ...written } = await writeCalls(store, changes, job);
  return { scan: scanOf(reading, { ...countsOf(changes), ...written }), known };
};

const countsOf = ({ new_calls, grown_calls, withdrawn_calls }: Changes) => ({
  new_calls,
  grown_calls,
  withdrawn_calls,
});

const changeOptionsOf = (
  { agent }: AgentReading,
  { timezone, metadata }: Preferences,
  notes: Memory,
): Omit<ChangeOptions, "isFirst"> => ({
  payerOf: payerOf(own(metadata.agents ?? {}, agent.id) ?? [], timezone),
  projectNames: notes.project_names,
});

const writeOptionsOf = (
  { agent }: AgentReading,
  {
    preferences: { timezone },
    notes,
    pricer,
    options,
  }: { preferences: Preferences; notes: Memory; pricer: Pricer; options: ScanOptions },
): Omit<WriteCallsOptions, "machine" | "after"> => ({
  agent: agent.id,
  name: agent.name,
  pricer,
  timezone,
  today: today(timezone, options.now),
  knownUntil: own(notes.known_until, agent.id) ?? {},
});
