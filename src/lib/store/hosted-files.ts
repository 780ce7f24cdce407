import type { Answers } from "../api.js";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type HostedProfile, signedInAs } from "../config/profiles.js";
import { isObject, jsonIn } from "../system/json.js";
import { makeFolder, writeWhole } from "../system/whole-file.js";
import {
  type ImportResult,
  isSameFile,
  type KnownFile,
  type KnownFiles,
  resultOf,
  type Started,
  type StartingFile,
  type UnhashedFile,
} from "./read-model/known-files.js";

/** The newest ones are kept. */
const MOST_FILES = 200;

/** It changes when what is kept of a file does. */
const FORM = 1;

/** Whether the project has an import with that id, of a file that was read so; and what of it counts. */
type Present = ReadonlyMap<string, { reading: string; counted_usd: string }>;

/**
 * The files that this machine has imported into a project. What is kept says what a receipt says; whether the file is still
 * in is asked each time, because another machine may have taken it away.
 */
export class HostedFiles implements KnownFiles {
  readonly #profile: HostedProfile;
  readonly #dataDir: string;
  readonly #project: Answers<"start_import">;
  #present: Present = new Map();

  constructor(profile: HostedProfile, dataDir: string, project: Answers<"start_import">) {
    this.#profile = profile;
    this.#dataDir = dataDir;
    this.#project = project;
  }

  readonly start = async (files: readonly StartingFile[]): Promise<Started> => {
    const sizes = new Set(files.map(({ size }) => size));
    const alike = this.#kept().filter(({ size }) => sizes.has(size));
    const hashes = [...new Set(alike.map(({ sha256 }) => sha256))];
    // While the project looks for what the files may be, this machine finds out what they are.
    const [{ preferences, providers, imports }] = await Promise.all([
      this.#project.call("start_import", { hashes }),
      hashed(files.filter(({ size }) => alike.some((file) => file.size === size))),
    ]);
    this.#present = new Map(imports.map(({ id, reading, counted_usd }) => [id, { reading, counted_usd }]));
    return { preferences, providers };
  };

  async find(file: UnhashedFile): Promise<ImportResult | null> {
    if (this.#present.size === 0) return null;
    const result = await resultOf(this.#kept(), file);
    const present = this.#present.get(result?.id ?? result?.imported_as ?? "");
    if (result === null || present?.reading !== file.reading) return null;
    return { ...result, counts_now: present.counted_usd };
  }

  remember(file: KnownFile): void {
    const state = signedInAs(this.#profile);
    // Amounts at a rate are to be said with the rates of the day; what has no import cannot be looked for.
    const { id, imported_as, read } = file.result;
    if (state === null || (id ?? imported_as) === undefined || Object.keys(read?.rates ?? {}).length > 0)
      return;
    const others = this.#kept().filter((other) => !isSameFile(other, file));
    try {
      makeFolder(this.#dataDir);
      const files = [...others, file].slice(-MOST_FILES);
      writeWhole(filesOf(this.#dataDir, this.#profile.name), JSON.stringify({ form: FORM, state, files }));
    } catch {
      // Then the file is read again the next time.
    }
  }

  #kept(): readonly KnownFile[] {
    const state = signedInAs(this.#profile);
    if (state === null) return [];
    try {
      const kept = jsonIn(readFileSync(filesOf(this.#dataDir, this.#profile.name), "utf8"));
      const isOurs = isObject(kept) && kept["form"] === FORM && kept["state"] === state;
      return isOurs && Array.isArray(kept["files"]) ? (kept["files"] as KnownFile[]) : [];
    } catch {
      return [];
    }
  }
}

const hashed = async (files: readonly StartingFile[]): Promise<void> => {
  for (const { sha256 } of files) await sha256();
};

export const forgetHostedFiles = (dataDir: string, profile: string): void => {
  try {
    rmSync(filesOf(dataDir, profile), { force: true });
  } catch {
    // If it cannot be removed, none could be written either.
  }
};

const filesOf = (dataDir: string, profile: string): string => join(dataDir, `imported-${profile}.json`);
