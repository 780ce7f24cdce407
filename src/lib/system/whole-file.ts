import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { systemCode } from "../errors.js";

/** What systems say of a folder that they cannot sync: Windows, and some network drives. */
const CANNOT_SYNC: readonly string[] = ["EACCES", "EBADF", "EINVAL", "EISDIR", "ENOTSUP", "EPERM"];

/**
 * A file that is in its place whole or not at all, also after a power cut: it is written beside its place, synced, and
 * moved there. A device or a pipe cannot be replaced and is written to directly.
 */
export class WholeFile {
  readonly #path: string;
  readonly #written: string;
  readonly #descriptor: number;
  #isOpen = true;
  #isKept = false;

  /** @param mode who may read it: by default only its owner @param beside what it is called until it is whole */
  constructor(path: string, mode = 0o600, beside = unfinished(path)) {
    this.#path = path;
    this.#written = (statSync(path, { throwIfNoEntry: false })?.isFile() ?? true) ? beside : path;
    if (this.#isBeside) rmSync(this.#written, { force: true });
    this.#descriptor = openSync(this.#written, this.#isBeside ? "wx" : "w", mode);
  }

  write(content: string | Uint8Array): void {
    const bytes = Buffer.from(content);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
  }

  /** Puts the file in its place; once this returns it stays there. */
  keep(): void {
    if (this.#isBeside) fsyncSync(this.#descriptor);
    this.#close();
    if (this.#isBeside) moveFile(this.#written, this.#path);
    this.#isKept = true;
  }

  discard(): void {
    if (this.#isKept) return;
    this.#close();
    if (this.#isBeside) rmSync(this.#written, { force: true });
  }

  get #isBeside(): boolean {
    return this.#written !== this.#path;
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}

const unfinished = (path: string): string => `${path}.${process.pid}`;

/** Removes what processes left that were killed while they wrote this file. */
export const removeUnfinished = (path: string): void => {
  const start = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    const isUnfinished = name.startsWith(start) && /^\d+$/.test(name.slice(start.length));
    if (isUnfinished) rmSync(join(dirname(path), name), { force: true });
  }
};

/** @param mode who may read it: by default only its owner */
export const writeWhole = (
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
  mode?: number,
): void => {
  const file = new WholeFile(path, mode);
  try {
    for (const piece of [content].flat()) file.write(piece);
    file.keep();
  } catch (error) {
    file.discard();
    throw error;
  }
};

/** In the same folder; once this returns it keeps that name. */
export const moveFile = (from: string, to: string): void => {
  renameSync(from, to);
  syncFolder(dirname(to));
};

/** Removes a file; once this returns it stays away. @returns whether it was there */
export const removeFile = (path: string): boolean => {
  try {
    rmSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
  syncFolder(dirname(path));
  return true;
};

/** Makes a folder, and those that it lies in; once this returns they stay. */
export const makeFolder = (path: string, mode = 0o700): void => {
  const folder = resolve(path);
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  // One by one: Node's own `recursive` never ends if the system refuses, as below /proc.
  if (parent !== folder && !existsSync(parent)) makeFolder(parent, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
  syncFolder(parent);
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Keeps the names in a folder: a file that is made, moved or removed survives a power cut only then. */
export const syncFolder = (folder: string): void => {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, "r");
    fsyncSync(descriptor);
  } catch (error) {
    if (!CANNOT_SYNC.includes(systemCode(error) ?? "")) throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
};
