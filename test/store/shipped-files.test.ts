import { createHash } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";
import { expect, it } from "vitest";
import { folderOf } from "../../src/lib/store/read-model/current.js";
import { placeShippedFiles } from "../../src/lib/store/shipped-files.js";
import { homeWithDatabase, openRaw } from "../support/open-database.js";

/** The file system in the memory of PGlite, which its types leave open. */
interface MemoryFiles {
  readdir(folder: string): string[];
  stat(file: string): { mode: number };
  isDir(mode: number): boolean;
  readFile(file: string): Uint8Array;
}

/** What comes with PGlite, by path: how it may be used, and what is in it. */
const shipped = ({ Module }: PGlite): Map<string, [mode: number, sha256: string]> => {
  const { FS } = Module as { FS: MemoryFiles };
  const found = new Map<string, [number, string]>();
  const walk = (folder: string): void => {
    for (const name of FS.readdir(folder).filter((each) => !each.startsWith("."))) {
      const file = `${folder}/${name}`;
      const { mode } = FS.stat(file);
      if (FS.isDir(mode)) walk(file);
      else found.set(file, [mode, createHash("sha256").update(FS.readFile(file)).digest("hex")]);
    }
  };
  ["/pglite/bin", "/pglite/lib", "/pglite/share"].forEach(walk);
  return found;
};

it("PGlite finds all of its files as it would without us", async () => {
  const [plain, quick] = [await homeWithDatabase(), await homeWithDatabase()];
  const before = await openRaw(folderOf(plain.dataDir));
  const expected = shipped(before);
  await before.close();
  expect(expected.size).toBeGreaterThan(600);

  const fs = new NodeFS(folderOf(quick.dataDir));
  placeShippedFiles(fs);
  const db = await PGlite.create({ fs });
  try {
    expect(shipped(db)).toEqual(expected);
    const { rows } = await db.query(
      "select timestamptz '2026-07-01 12:00Z' at time zone 'Europe/Berlin' as at",
    );
    expect(rows).toEqual([{ at: new Date("2026-07-01T14:00:00Z") }]);
  } finally {
    await db.close();
  }
});
