import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { describe, expect, it } from "vitest";
import { aicost, errorOf, jsonOf, newHome, ROOT } from "../support/cli.js";

/** The program as it is installed, in a folder of its own, and a home that nobody has used. */
const installed = () => {
  const home = newHome();
  const program = path.join(home.folder, "program");
  for (const part of ["bin", "dist", "supabase", "oclif.manifest.json", "package.json"])
    cpSync(path.join(ROOT, part), path.join(program, part), { recursive: true });
  symlinkSync(path.join(ROOT, "node_modules"), path.join(program, "node_modules"));
  // "$1" is Node, "$2" the program that would run otherwise.
  const prefix = ["sh", "-c", `node=$1; shift 2; exec "$node" '${program}/bin/run.cjs' "$@"`, "sh"];
  return {
    home,
    template: path.join(program, "dist/template.tar.br"),
    migrations: path.join(program, "supabase/migrations"),
    prefs: () => aicost(["prefs", "--json"], home, { prefix }),
  };
};

/** Changes what the template holds. */
const change = (template: string, of: (tar: Buffer) => void): void => {
  const tar = brotliDecompressSync(readFileSync(template));
  of(tar);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 1 };
  writeFileSync(template, brotliCompressSync(tar, { params }));
};

describe("the template of the database", () => {
  it.each<[string, (template: string) => void]>([
    ["is missing", (template) => rmSync(template)],
    ["was cut", (template) => truncateSync(template, 500_000)],
    [
      "is of another PostgreSQL",
      (template) => change(template, (tar) => void tar.write("17", tar.indexOf("PG_VERSION\0") + 512)),
    ],
  ])("makes no database when it %s", async (_, spoil) => {
    const { home, template, prefs } = installed();
    spoil(template);
    const outcome = await prefs();
    expect({ exit: outcome.exit, stderr: outcome.stderr }).toEqual({ exit: 5, stderr: "" });
    expect(errorOf(outcome)).toEqual({
      code: "program_incomplete",
      message: `A file of this program is missing, damaged or of another version: ${template}`,
      hint: "Install aicost again: npm install -g aicost-cli. In a clone: npm run build",
    });
    expect(existsSync(path.join(home.dataDir, "database"))).toBe(false);
    expect(await aicost(["prefs", "--json"], home)).toMatchObject({ exit: 0, stderr: "" });
  });

  it("of an older version of the program is migrated", async () => {
    const { prefs, migrations } = installed();
    writeFileSync(
      path.join(migrations, "20991231000000_later.sql"),
      "update public.user_preferences set default_date_range = '99d';",
    );
    expect(jsonOf(await prefs())).toMatchObject({ preferences: { default_date_range: "99d" } });
  });

  it("of a newer version of the program is refused", async () => {
    const { prefs, migrations } = installed();
    rmSync(path.join(migrations, readdirSync(migrations).sort().at(-1)!));
    const outcome = await prefs();
    expect(outcome.exit).toBe(5);
    expect(errorOf(outcome)).toMatchObject({ code: "schema_newer" });
  });
});
