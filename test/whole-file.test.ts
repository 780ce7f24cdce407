import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder, removeFile, WholeFile, writeWhole } from "../src/lib/system/whole-file.js";
import { LOSES_ALL, randomCut, randomNumbers } from "./support/disk/power-cuts.js";
import { type PowerCut, SimulatedDisk } from "./support/disk/simulated-disk.js";
import { recorded, type Trace } from "./support/disk/trace.js";

const OLD = "old\n".repeat(3000);
const NEW = "new\n".repeat(5000);

let folder: string;
let disk: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "aicost-whole-"));
  disk = path.join(folder, "disk");
  makeFolder(disk);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The text of a file of the disk when the power was cut after so many events; null if there is no such file. */
const leftOf = (name: string, before: string, trace: Trace, moment: number, cut: PowerCut): string | null => {
  const simulated = new SimulatedDisk(before, trace);
  trace.events.slice(0, moment).forEach((event) => simulated.do(event));
  const target = mkdtempSync(path.join(folder, "left-"));
  simulated.cutPower(cut, target);
  const file = path.join(target, name);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
};

/** What a file may hold after power cuts at every moment of some work, and after the work. */
const afterCuts = (name: string, work: () => void, withSyncs = true) => {
  const before = mkdtempSync(path.join(folder, "before-"));
  if (existsSync(path.join(disk, name)))
    writeFileSync(path.join(before, name), readFileSync(path.join(disk, name)));
  const all = recorded(disk, mkdtempSync(path.join(folder, "record-")), work);
  const trace = { ...all, events: all.events.filter(({ op }) => withSyncs || op !== "sync") };
  const cuts = [LOSES_ALL, ...Array.from({ length: 20 }, (_, seed) => randomCut(randomNumbers(seed)))];
  const at = (moment: number) => cuts.map((cut) => leftOf(name, before, trace, moment, cut));
  return {
    meanwhile: new Set(trace.events.flatMap((_, moment) => at(moment))),
    afterwards: new Set(at(trace.events.length)),
  };
};

describe("a file that is written whole", () => {
  it("is new or not there after a power cut, and new once it is written", () => {
    const { meanwhile, afterwards } = afterCuts("file", () => writeWhole(path.join(disk, "file"), NEW));
    expect(meanwhile).toEqual(new Set([null, NEW]));
    expect(afterwards).toEqual(new Set([NEW]));
  });

  it("is the old or the new one after a power cut, and new once it is written", () => {
    const file = path.join(disk, "file");
    writeWhole(file, OLD);
    const { meanwhile, afterwards } = afterCuts("file", () => {
      const whole = new WholeFile(file);
      for (const piece of NEW.match(/[^]{1,3000}/g)!) whole.write(piece);
      whole.keep();
    });
    expect(meanwhile).toEqual(new Set([OLD, NEW]));
    expect(afterwards).toEqual(new Set([NEW]));
    expect(readFileSync(file, "utf8")).toBe(NEW);
  });

  it("would be lost or torn by a power cut if nothing was synced", () => {
    const { afterwards } = afterCuts("file", () => writeWhole(path.join(disk, "file"), NEW), false);
    expect(afterwards).toContain(null);
    expect([...afterwards].some((text) => text !== null && text !== NEW)).toBe(true);
  });

  it("stays in a folder that was made for it", () => {
    const name = "some/deep/folder/file";
    const { afterwards } = afterCuts(name, () => {
      makeFolder(path.dirname(path.join(disk, name)));
      writeWhole(path.join(disk, name), NEW);
    });
    expect(afterwards).toEqual(new Set([NEW]));
  });

  it("stays away once it is removed, and says whether it was there", () => {
    const file = path.join(disk, "file");
    writeWhole(file, OLD);
    const answers: boolean[] = [];
    const { meanwhile, afterwards } = afterCuts("file", () =>
      answers.push(removeFile(file), removeFile(file)),
    );
    expect(meanwhile).toEqual(new Set([OLD, null]));
    expect(afterwards).toEqual(new Set([null]));
    expect(answers).toEqual([true, false]);
  });

  it("leaves nothing beside its place if it is not kept, and the old one as it was", () => {
    const file = path.join(disk, "file");
    writeWhole(file, OLD);
    const whole = new WholeFile(file);
    whole.write(NEW);
    whole.discard();
    expect(readFileSync(file, "utf8")).toBe(OLD);
    expect(existsSync(`${file}.${process.pid}`)).toBe(false);
  });
});

describe("a folder that cannot be made", () => {
  it("says so, as does one below a file", () => {
    const file = path.join(folder, "file");
    writeWhole(file, OLD);
    expect(() => makeFolder(file)).toThrow("EEXIST");
    expect(() => makeFolder(path.join(file, "below"))).toThrow("ENOTDIR");
  });

  it.runIf(process.platform === "linux")("says so where Node would try for ever", () => {
    expect(() => makeFolder("/proc/none/below")).toThrow("ENOENT");
  });
});
