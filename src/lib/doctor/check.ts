import type { Api } from "../api.js";
import type { Profile } from "../config/profiles.js";
import type { Machine } from "../schedule/machine.js";
import type { Store } from "../store/store.js";

/** `warning`: it works, but not as well as it could. `wrong`: something does not work, or numbers are not complete. */
export type CheckState = "ok" | "warning" | "wrong" | "unknown";

/** What a check says. */
export interface Finding {
  state: CheckState;
  /** For people: no whole sentence, no secret. */
  says: string;
  /** What to type; null if there is nothing to do. */
  type: string | null;
}

/** Part of the JSON contract of `aicost doctor --json`. */
export interface DoctorCheck extends Finding {
  name: string;
}

/** One thing to look at. It changes nothing. */
export interface Check {
  name: string;
  /** Null if there is nothing to look at. What it throws becomes its finding. */
  look(setup: Setup): Finding | null | Promise<Finding | null>;
}

/** What there is to look at. */
export interface Setup {
  /** Of the program. */
  version: string;
  now: Date;
  env: NodeJS.ProcessEnv;
  configDir: string;
  dataDir: string;
  machine: Machine;
  /** @throws UserError, also if the config cannot be read */
  profile: () => Profile;
  /** Null if there is no database yet. Opened when it is asked for first. @throws UserError */
  data: () => Promise<Data | null>;
}

/** A database or project that is open. The same question is asked once. */
export type Data = Pick<Store, "call">;

/** What is given to a doctor: the rest is found out. */
export interface Given extends Omit<Setup, "data"> {
  /** Opens the database of the profile as it is, without migrating it. */
  openStore: () => Promise<Data>;
}

export type Answer<Name extends keyof Api> = Api[Name]["result"];

export const ok = (says: string, type: string | null = null): Finding => ({ state: "ok", says, type });

export const warning = (says: string, type: string | null): Finding => ({ state: "warning", says, type });

export const wrong = (says: string, type: string | null): Finding => ({ state: "wrong", says, type });

export const unknown = (says: string, type: string | null = null): Finding => ({
  state: "unknown",
  says,
  type,
});
