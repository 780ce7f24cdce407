/** The part of PGlite's file system by which PostgreSQL is changed before it starts; the options are Emscripten's. */
export interface Files<Pg, Options> {
  init(pg: Pg, options: Options): Promise<{ emscriptenOpts: Options }>;
}

export interface Entry {
  parent: Entry;
  mode: number;
}

export interface Stream {
  node: Entry;
  /** Its descriptor outside of PostgreSQL. */
  nfd: number;
}

type Write = (stream: Stream, buffer: unknown, offset: number, length: number, position: number) => number;

export interface Program {
  NODEFS: {
    /** Called each time that PostgreSQL touches a file. */
    tryFSOperation<Result>(work: () => Result): Result;
    realPath(entry: Entry): string;
    node_ops: { mknod: (parent: Entry, ...rest: unknown[]) => Entry };
    stream_ops: { write: Write; fsync?: (stream: Stream) => number };
  };
  [name: string]: unknown;
}

/** @param files changed in place @param change what to set, given the options that there are */
export const changeOptions = <Pg, Options extends object>(
  files: Files<Pg, Options>,
  change: (options: Options) => object,
): void => {
  const init = files.init.bind(files);
  files.init = async (pg, options) => {
    const { emscriptenOpts } = await init(pg, options);
    return { emscriptenOpts: { ...emscriptenOpts, ...change(emscriptenOpts) } };
  };
};

/** @param files changed in place */
export const beforeStart = <Pg, Options extends { preRun?: unknown }>(
  files: Files<Pg, Options>,
  change: (program: Program) => void,
): void => changeOptions(files, ({ preRun }) => ({ preRun: [preRun ?? [], change].flat() }));
