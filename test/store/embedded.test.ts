import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/errors.js";
import { SUPABASE_DIR } from "../../src/lib/store/migrations.js";
import { aicost, errorOf, fileIn, newHome } from "../support/cli.js";
import { homeWithDatabase, openHome, openRaw } from "../support/open-database.js";

/** The error with which a store does not open. */
const refusal = async (home: { dataDir: string }): Promise<UserError> => {
  const error = await openHome(home).then(
    () => new Error("The store opened."),
    (thrown: unknown) => thrown,
  );
  if (error instanceof UserError) return error;
  throw error as Error;
};

/** A home whose database has been made and closed. */
const usedHome = async () => {
  const home = await homeWithDatabase();
  return { ...home, database: path.join(home.dataDir, "database") };
};

/** Asks the database without our program. */
const rawly = async (folder: string, sql: string) => {
  const db = await openRaw(folder);
  try {
    return (await db.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await db.close();
  }
};

describe("the embedded store", () => {
  it("makes its folder on first use, for its owner alone", async () => {
    const home = newHome();
    const store = await openHome({ dataDir: path.join(home.dataDir, "deeper") });
    await store.close();
    const folder = path.join(home.dataDir, "deeper");
    expect(readdirSync(folder).sort()).toEqual(["database", "database.lock", "read-model"]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, "database")).mode & 0o777).toBe(0o700);
  });

  it("keeps what was written when it is opened again", async () => {
    const home = await usedHome();
    const store = await openHome(home);
    await store.call("set_preferences", { changes: { default_date_range: "12w" } });
    await store.close();
    const again = await openHome(home);
    expect((await again.call("get_preferences", {})).default_date_range).toBe("12w");
    await again.close();
  });

  it("begins with the time zone of the machine", async () => {
    const { stdout } = await aicost(["prefs", "--json"], newHome(), { env: { TZ: "America/Los_Angeles" } });
    expect(JSON.parse(stdout)).toMatchObject({ preferences: { timezone: "America/Los_Angeles" } });
  });

  it("makes up for a first start that was killed before it knew the time zone", async () => {
    const home = await usedHome();
    const mark = path.join(home.dataDir, "database.first-start");
    writeFileSync(mark, "");
    rmSync(path.join(home.dataDir, "read-model"));
    const { stdout } = await aicost(["prefs", "--json"], home, { env: { TZ: "Pacific/Auckland" } });
    expect(JSON.parse(stdout)).toMatchObject({ preferences: { timezone: "Pacific/Auckland" } });
    expect(existsSync(mark)).toBe(false);
  });

  it("begins in UTC if nobody knows the machine's time zone", async () => {
    const { stdout } = await aicost(["prefs", "--json"], newHome(), { env: { TZ: "Etc/Unknown" } });
    expect(JSON.parse(stdout)).toMatchObject({ preferences: { timezone: "UTC" } });
  });

  it("records every migration as Supabase does, each once", async () => {
    const { database } = await usedHome();
    const rows = await rawly(
      database,
      "select version, name, array_length(statements, 1) as statements from supabase_migrations.schema_migrations order by version",
    );
    const files = readdirSync(path.join(SUPABASE_DIR, "migrations")).sort();
    expect(rows.map(({ version, name }) => `${String(version)}_${String(name)}.sql`)).toEqual(files);
    expect(new Set(rows.map(({ statements }) => statements))).toEqual(new Set([1]));
  });

  it("applies a migration that the database does not have", async () => {
    const home = await usedHome();
    const last = readdirSync(path.join(SUPABASE_DIR, "migrations")).sort().at(-1) ?? "";
    const version = last.split("_")[0] ?? "";
    await rawly(
      home.database,
      `delete from supabase_migrations.schema_migrations where version = '${version}'`,
    );
    await (await openHome(home)).close();
    const [row] = await rawly(
      home.database,
      `select count(*)::int as count from supabase_migrations.schema_migrations where version = '${version}'`,
    );
    expect(row).toEqual({ count: 1 });
  });

  it("refuses a database of a newer version of the program", async () => {
    const home = await usedHome();
    await rawly(
      home.database,
      "insert into supabase_migrations.schema_migrations (version) values ('29990101000000')",
    );
    expect(await refusal(home)).toMatchObject({
      code: "schema_newer",
      exit: 5,
      message:
        "The database was made by another version of aicost: it has the migration 29990101000000, which this version does not know.",
      hint: "Install the version that you used before, or a newer one: npm install -g aicost-cli@latest",
    });
  });

  describe("of which the migrations have changed", () => {
    const HISTORY = "supabase_migrations.schema_migrations";
    const FIRST = `(select min(version) from ${HISTORY})`;
    const changed = async (...statements: string[]) => {
      const home = await usedHome();
      for (const sql of statements) await rawly(home.database, sql);
      return home;
    };

    it.each([
      [
        "a recorded text is another one",
        [`update ${HISTORY} set statements[1] = statements[1] || '-- before' where version = ${FIRST}`],
      ],
      [
        "a recorded text is another one, in several statements",
        [`update ${HISTORY} set statements = array['select 1', 'select 2'] where version = ${FIRST}`],
      ],
      ["the history is of other names", [`update ${HISTORY} set version = '20261122' || right(version, 6)`]],
    ])("is refused if %s, with the way over, and left as it is", async (_, statements) => {
      const { dataDir, database } = await changed(...statements);
      const before = await rawly(database, `select * from ${HISTORY} order by version`);
      const error = await refusal({ dataDir });
      expect({ code: error.code, exit: error.exit, message: error.message, hint: error.hint }).toEqual({
        code: "schema_changed",
        exit: 5,
        message: `The database in ${database} was made by another version of aicost. Its tables and functions differ from those of this version.`,
        hint: [
          "Move your data over:",
          "1. With the version that made it: aicost export --output aicost.ndjson",
          `2. mv ${database} ${database}.old`,
          "3. With this version: aicost import aicost.ndjson",
          "Stored API keys are not in the export. Add them again with: aicost credentials add",
        ].join("\n"),
      });
      expect(await rawly(database, `select * from ${HISTORY} order by version`)).toEqual(before);
    });

    it.each([
      ["no text is recorded", [`update ${HISTORY} set statements = null`]],
      ["a text is empty", [`update ${HISTORY} set statements = '{}'`]],
      ["texts cannot be recorded", [`alter table ${HISTORY} drop column statements`]],
      [
        "the texts are cut into statements",
        [`update ${HISTORY} set statements = regexp_split_to_array(trim(statements[1]), ';\\s*\\n')`],
      ],
    ])("opens if %s", async (_, statements) => {
      const store = await openHome(await changed(...statements));
      expect(await store.call("get_preferences", {})).toMatchObject({ currency: "USD" });
      await store.close();
    });
  });

  it("refuses a database of another PostgreSQL, and leaves it as it is", async () => {
    const home = await usedHome();
    writeFileSync(path.join(home.database, "PG_VERSION"), "17\n");
    expect(await refusal(home)).toMatchObject({
      code: "database_version",
      exit: 5,
      message: `The database in ${home.database} was made by PostgreSQL 17; this version of aicost needs 18.`,
      hint: expect.stringContaining(`mv ${home.database} ${home.database}.17`) as string,
    });
    writeFileSync(path.join(home.database, "PG_VERSION"), "18\n");
    await (await openHome(home)).close();
  });

  it.each([
    ["an empty folder", (database: string) => rmSync(database, { recursive: true })],
    ["no control file", (database: string) => rmSync(path.join(database, "global"), { recursive: true })],
    [
      "a control file of zeros",
      (database: string) => writeFileSync(path.join(database, "global/pg_control"), Buffer.alloc(8192)),
    ],
  ])("says that a damaged database does not open: %s", async (_, damage) => {
    const home = await usedHome();
    damage(home.database);
    mkdirSync(home.database, { recursive: true });
    const { exit, stdout, stderr } = await aicost(["prefs", "--json"], home);
    expect({ exit, stderr }).toEqual({ exit: 5, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: "database_damaged",
        message: `The database in ${home.database} cannot be opened.`,
        hint: `Keep it, and start again by importing your files: mv ${home.database} ${home.database}.broken`,
      },
    });
  });

  it("makes the database whole after a first use that was cut off", async () => {
    const home = newHome();
    fileIn(home, "data/database.new/PG_VERSION", "18\n");
    await (await openHome(home)).close();
    expect(existsSync(path.join(home.dataDir, "database.new"))).toBe(false);
  });

  it("releases its lock if it does not open", async () => {
    const home = await usedHome();
    writeFileSync(path.join(home.database, "PG_VERSION"), "17\n");
    await refusal(home);
    writeFileSync(path.join(home.database, "PG_VERSION"), "18\n");
    await (await openHome(home)).close();
  });
});

describe("a data folder that cannot be written", () => {
  // Root may write everywhere, so it gives up that right; anybody else never had it.
  const prefix =
    process.getuid?.() === 0 ? ["setpriv", "--inh-caps=-dac_override", "--bounding-set=-dac_override"] : [];

  it("is refused if it is the folder of a file system without folders", async () => {
    // The kernel's /sys takes no new folder from anybody, root included.
    const home = { ...newHome(), dataDir: "/sys/aicost" };
    const outcome = await aicost(["prefs", "--json"], home);
    expect(outcome).toMatchObject({ exit: 5, stderr: "" });
    expect(errorOf(outcome)).toEqual({
      code: "data_folder_not_writable",
      message: expect.stringMatching(
        /^The data folder \/sys\/aicost cannot be written \((EPERM|EACCES|EROFS)\)\.$/,
      ) as string,
      hint: "Make it writable, or name another one: AICOST_DATA_DIR=/path/to/folder",
    });
  });

  it("is refused if it is a file", async () => {
    const home = newHome();
    fileIn(home, "data", "");
    expect(await refusal(home)).toMatchObject({ code: "data_folder_not_writable", exit: 5 });
  });

  it.each(["new", "used"])("is refused if it is read-only (%s)", async (state) => {
    const home = state === "used" ? await usedHome() : newHome();
    mkdirSync(home.dataDir, { recursive: true });
    chmodSync(home.dataDir, 0o500);
    const outcome = await aicost(["add", "--provider", "openai", "--cost", "1", "--json"], home, { prefix });
    chmodSync(home.dataDir, 0o700);
    expect(errorOf(outcome)).toMatchObject({
      code: "data_folder_not_writable",
      message: `The data folder ${home.dataDir} cannot be written (EACCES).`,
    });
    expect(outcome.exit).toBe(5);
  });

  it("is not called damaged if the database in it is read-only", async () => {
    const home = await usedHome();
    const paths = readdirSync(home.database, { recursive: true, encoding: "utf8" });
    const all = [home.database, ...paths.map((file) => path.join(home.database, file))];
    const change = (mask: number, set: number) => {
      for (const file of all) chmodSync(file, (statSync(file).mode & mask) | set);
    };
    change(~0o222, 0);
    const outcome = await aicost(["add", "--provider", "openai", "--cost", "1", "--json"], home, { prefix });
    change(~0, 0o200);
    expect(errorOf(outcome)).toMatchObject({ code: "data_folder_not_writable" });
    expect(outcome.exit).toBe(5);
    await (await openHome(home)).close();
  });
});

describe("a full disk", () => {
  it("is refused before anything is written", async () => {
    // The kernel's /proc says that it has no room at all, which no ordinary disk can be made to say in a test.
    const home = { ...newHome(), dataDir: "/proc/self" };
    const outcome = await aicost(["prefs", "--json"], home);
    expect(outcome).toMatchObject({ exit: 5, stderr: "" });
    expect(errorOf(outcome)).toEqual({
      code: "disk_full",
      message: "The disk of /proc/self has 0 MB left; the database needs 96 MB to work safely.",
      hint: "Free some space, or name a folder on another disk: AICOST_DATA_DIR=/path/to/folder",
    });
  });
});

describe("the template", () => {
  it("is small enough to be shipped", () => {
    const template = readFileSync(new URL("../../dist/template.tar.br", import.meta.url));
    expect(template.length).toBeLessThan(4 * 1024 * 1024);
  });
});
