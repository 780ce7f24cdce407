import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const WATCHED = ["openSync", "readFileSync", "copyFileSync"] as const;

/** The paths that the process opens meanwhile, by the calls of Node that open one. */
export const openedWhile = async (work: () => Promise<void>): Promise<string[]> => {
  const opened: string[] = [];
  const originals = WATCHED.map((name) => [name, fs[name]] as const);
  const put = (name: string, value: unknown): void => {
    Object.assign(fs, { [name]: value });
  };
  for (const [name, original] of originals) {
    put(name, (...args: unknown[]) => {
      opened.push(String(args[0]));
      return (original as (...all: unknown[]) => unknown)(...args);
    });
  }
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    for (const [name, original] of originals) put(name, original);
    syncBuiltinESMExports();
  }
  return opened;
};
