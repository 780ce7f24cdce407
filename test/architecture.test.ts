import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ROOMS } from "../scripts/rooms.js";
import { ROOT } from "./support/cli.js";

const page = readFileSync(path.join(ROOT, "docs/architecture.md"), "utf8");
const library = readdirSync(path.join(ROOT, "src/lib"));

describe("src/lib", () => {
  it("has the rooms of scripts/rooms.js, and no others", () => {
    expect(ROOMS.map(({ room }) => room).sort()).toEqual(library.sort());
  });

  it("has at most six files outside of a folder", () => {
    const files = library.filter((name) => name.endsWith(".ts"));
    expect(files).not.toEqual([]);
    expect(files.length).toBeLessThanOrEqual(6);
  });
});

describe("docs/architecture.md", () => {
  it("lists every room with what it holds, in order", () => {
    const [, list = ""] = /<!-- rooms -->([^]*)<!-- end of rooms -->/.exec(page) ?? [];
    const rooms = [...list.matchAll(/^- `(.+)`: (.+)$/gm)].map(([, room, holds]) => ({ room, holds }));
    expect(rooms).toEqual(ROOMS.map(({ room, holds }) => ({ room, holds })));
  });

  it("names only files and folders that exist", () => {
    const named = [...page.matchAll(/\b(?:src|test|scripts|supabase|docs)\/[\w./-]*\w/g)].map(
      ([name]) => name,
    );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((name) => !existsSync(path.join(ROOT, name)))).toEqual([]);
  });

  it("names only SQL functions that the program calls", () => {
    const api = readFileSync(path.join(ROOT, "src/lib/api.ts"), "utf8");
    const functions = [...page.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, name]) => name);
    expect(functions).toContain("begin_import");
    expect(functions.filter((name) => !api.includes(`  ${name}: {`))).toEqual([]);
  });
});
