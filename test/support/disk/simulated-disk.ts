import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { DiskEvent, Trace } from "./trace.js";

/** What a system writes to the disk in one piece. */
const PAGE = 4096;

/** What a power cut does to what is not synced. */
export interface PowerCut {
  /** Whether a name that was given or taken away is on the disk. */
  keepsName: () => boolean;
  /** As which of so many changes has left it, a page or a size is on the disk; 0 is as it was when it was synced. */
  version: (changes: number) => number;
}

type Change = { at: number; bytes: Buffer } | { size: number };

/** A file, as its last sync has left it, and what has changed since. */
class File {
  #synced: Buffer;
  #changes: Change[] = [];
  #size: number;

  constructor(content: Buffer = Buffer.alloc(0)) {
    this.#synced = content;
    this.#size = content.length;
  }

  get isSynced(): boolean {
    return this.#changes.length === 0;
  }

  write(at: number | null, bytes: Buffer): void {
    const start = at ?? this.#size;
    this.#changes.push({ at: start, bytes });
    this.#size = Math.max(this.#size, start + bytes.length);
  }

  resize(size: number): void {
    this.#changes.push({ size });
    this.#size = size;
  }

  sync(): void {
    if (!this.isSynced) this.#synced = this.content({ keepsName: () => true, version: (changes) => changes });
    this.#changes = [];
  }

  /** What is in the file after a power cut: each of its pages, and its size, are as one of the changes has left them. */
  content({ version }: PowerCut): Buffer {
    if (this.isSynced) return this.#synced;
    const sizes = [this.#synced.length];
    const touches = this.#changes.map((change): [Change, number[]] => {
      const longest = Math.max(...sizes);
      const size = "size" in change ? change.size : Math.max(change.at + change.bytes.length, sizes.at(-1)!);
      if (size !== sizes.at(-1)) sizes.push(size);
      return [change, pagesOf(change, longest)];
    });
    const kept = new Map<number, number>();
    for (const page of touches.flatMap(([, pages]) => pages)) kept.set(page, (kept.get(page) ?? 0) + 1);
    for (const [page, changes] of kept) kept.set(page, version(changes));
    const content = Buffer.alloc(Math.max(...sizes));
    this.#synced.copy(content);
    for (const [change, pages] of touches) {
      for (const page of pages) {
        const left = kept.get(page)!;
        if (left > 0) apply(change, content, page * PAGE, (page + 1) * PAGE);
        kept.set(page, left - 1);
      }
    }
    return content.subarray(0, sizes[version(sizes.length - 1)]);
  }
}

/** The pages that a change touches; one to a smaller size, all behind it. */
const pagesOf = (change: Change, longest: number): number[] => {
  const [start, end] =
    "size" in change ? [change.size, longest] : [change.at, change.at + change.bytes.length];
  const first = Math.floor(start / PAGE);
  return Array.from({ length: Math.max(Math.ceil(end / PAGE) - first, 0) }, (_, at) => first + at);
};

const apply = (change: Change, content: Buffer, from: number, to: number): void => {
  if ("size" in change) {
    content.fill(0, Math.max(from, change.size), to);
    return;
  }
  const { at, bytes } = change;
  bytes.copy(content, Math.max(from, at), Math.max(from - at, 0), Math.min(to - at, bytes.length));
};

interface NameChange {
  removed?: string;
  given?: [name: string, node: Node];
}

type Node = File | Folder;

/** A folder: its names now, those that are on the disk, and what has changed since. */
class Folder {
  readonly names = new Map<string, Node>();
  #synced = new Map<string, Node>();
  #changes: NameChange[] = [];

  get isSynced(): boolean {
    return this.#changes.length === 0;
  }

  change(change: NameChange): void {
    this.#changes.push(change);
    applyName(this.names, change);
  }

  sync(): void {
    this.#synced = new Map(this.names);
    this.#changes = [];
  }

  /** What is in the folder after a power cut. */
  content({ keepsName }: PowerCut): Map<string, Node> {
    const names = new Map(this.#synced);
    for (const change of this.#changes) if (keepsName()) applyName(names, change);
    return names;
  }
}

const applyName = (names: Map<string, Node>, { removed, given }: NameChange): void => {
  if (removed !== undefined) names.delete(removed);
  if (given !== undefined) names.set(...given);
};

/** A disk below a folder to which what was recorded is done again, and which can lose its power at any time. */
export class SimulatedDisk {
  readonly #root: Folder;
  readonly #data: Buffer;
  readonly #open = new Map<string, Node>();

  /** @param folder what lies in it now is on the disk */
  constructor(folder: string, { data }: Pick<Trace, "data">) {
    this.#root = folderOn(folder);
    this.#data = data;
  }

  do(event: DiskEvent): void {
    switch (event.op) {
      case "open":
        this.#open.set(event.id, this.#opened(event));
        break;
      case "write": {
        const { at, length, data } = event;
        const bytes = data === null ? Buffer.alloc(length) : this.#data.subarray(data, data + length);
        this.#file(event).write(at, bytes);
        break;
      }
      case "resize":
        this.#file(event).resize(event.size);
        break;
      case "sync":
        this.#open.get(event.id)!.sync();
        break;
      case "rename": {
        const [folder, name] = this.#place(event.file);
        const [before, removed] = this.#place(event.from);
        if (before !== folder) throw new Error(`${event.from} has got another folder.`);
        folder.change({ removed, given: [name, folder.names.get(removed)!] });
        break;
      }
      case "remove": {
        const [folder, removed] = this.#place(event.file);
        folder.change({ removed });
        break;
      }
      case "folder": {
        const [folder, name] = this.#place(event.file);
        folder.change({ given: [name, new Folder()] });
        break;
      }
      case "print":
    }
  }

  /** Whether all that is in the files of a folder, and their names, are on the disk. */
  isSynced(folder: string): boolean {
    const nodes = [...(this.#node(folder) as Folder).names.values()];
    return (
      (this.#node(folder) as Folder).isSynced &&
      nodes.every((node) => node instanceof Folder || node.isSynced)
    );
  }

  /** Writes what a power cut leaves into a folder, which is there. */
  cutPower(cut: PowerCut, target: string): void {
    const put = (folder: Folder, place: string): void => {
      for (const [name, node] of folder.content(cut)) {
        const at = path.join(place, name);
        if (node instanceof File) {
          writeFileSync(at, node.content(cut), { mode: 0o600 });
        } else {
          mkdirSync(at, { mode: 0o700 });
          put(node, at);
        }
      }
    };
    put(this.#root, target);
  }

  #opened({ file, makes, empties }: Extract<DiskEvent, { op: "open" }>): Node {
    if (makes) {
      const [folder, name] = this.#place(file);
      if (!folder.names.has(name)) folder.change({ given: [name, new File()] });
    }
    const node = this.#node(file);
    if (empties) (node as File).resize(0);
    return node;
  }

  #file({ id, file }: { id?: string; file?: string }): File {
    return (id === undefined ? this.#node(file!) : this.#open.get(id)) as File;
  }

  #place(file: string): [Folder, string] {
    return [this.#node(path.dirname(file)) as Folder, path.basename(file)];
  }

  #node(file: string): Node {
    let node: Node = this.#root;
    for (const name of file.split(path.sep)) {
      if (name === "." || name === "") continue;
      const next: Node | undefined = (node as Folder).names.get(name);
      if (next === undefined) throw new Error(`The trace opens ${file}, which is not there.`);
      node = next;
    }
    return node;
  }
}

/** A folder as it is. */
const folderOn = (place: string): Folder => {
  const folder = new Folder();
  for (const name of readdirSync(place)) {
    const at = path.join(place, name);
    folder.change({ given: [name, statSync(at).isDirectory() ? folderOn(at) : new File(readFileSync(at))] });
  }
  folder.sync();
  return folder;
};
