import { homedir } from "node:os";
import type { Place } from "../agents/agent.js";
import { removeLostSnapshots } from "../agents/sqlite.js";
import type { SessionPlace } from "../auth/session.js";
import { lockProfile } from "../config/lock-profile.js";
import type { Profile } from "../config/profiles.js";
import { type SaidPayment, type SettledPayment, settlePayments } from "./payments.js";
import type { AgentScan } from "./result.js";
import { scan, type ScanOptions } from "./scan.js";

/** What the command has. */
export interface ScanTools extends Pick<ScanOptions, "scans" | "inStore" | "progress" | "signal"> {
  profile: Profile;
  dataDir: string;
  place: SessionPlace;
  onWait: (holder: string) => void;
}

/** What the user asks for. */
export interface AskedScan extends Pick<ScanOptions, "only" | "projectNames" | "dryRun"> {
  /** What the user says of who pays. */
  said?: readonly SaidPayment[];
}

/** What a scan came to. */
export interface ScanResults {
  scans: AgentScan[];
  payments: SettledPayment[];
}

/** Scans the logs of this machine's user while no other process does. @throws what `lockProfile` and `scan` throw */
export const lockedScan = async (
  { profile, dataDir, place, onWait, ...tools }: ScanTools,
  { said = [], ...asked }: AskedScan,
): Promise<ScanResults> => {
  const { signal, inStore } = tools;
  const lock = await lockProfile("scan", profile.name, place, { onWait, signal });
  try {
    removeLostSnapshots();
    const settles = said.length > 0 && !asked.dryRun;
    const payments = settles ? await inStore((store) => settlePayments(store, said), false) : [];
    const project = profile.kind === "hosted" ? profile.url : null;
    const options = { ...tools, ...asked, logs: logsHere(), now: new Date() };
    const scans = await scan({ dataDir, profile: profile.name, project }, options);
    return { scans, payments };
  } finally {
    lock.release();
  }
};

/** Whose logs are scanned: those of the user of this process. */
export const logsHere = (): Place => ({
  env: process.env,
  home: homeOf(process.env),
  platform: process.platform,
});

/** As `homedir()`, but by the environment that the program is given. */
const homeOf = (env: NodeJS.ProcessEnv): string => (process.platform !== "win32" && env["HOME"]) || homedir();
