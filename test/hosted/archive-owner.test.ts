import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ArchiveResult } from "../../src/lib/archive/import-archives.js";
import { errorOf, fileIn, type Home, jsonOf, newHome } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { project, run, signIn } from "./accounts.js";

keepDatabasesOpen();

/** A home whose user has signed in, with one record. */
const signedInHome = async (): Promise<Home> => {
  const home = newHome();
  await signIn(home, await project.newUser());
  expect(await run(["add", "-p", "openai", "-c", "4.12", "--date", "2026-11-02"], home)).toMatchObject({
    exit: 0,
  });
  return home;
};

const exported = async (home: Home): Promise<string> => {
  const file = `${home.folder}/mine.ndjson`;
  expect(await run(["export", "--output", file], home)).toMatchObject({ exit: 0 });
  return file;
};

/** What an import of an archive says of it. */
const imported = async (file: string, home: Home, ...flags: string[]) => {
  const outcome = await run(["import", file, "--json", ...flags], home);
  expect(outcome).toMatchObject({ exit: 0 });
  const { archives, warnings } = jsonOf<{ archives: [ArchiveResult]; warnings: string[] }>(outcome);
  const { owner, checksum, inserted } = archives[0];
  return { owner, checksum, inserted, warnings };
};

describe("the archive of a user of a project", () => {
  it("comes back without a word to the same user, and names nobody", async () => {
    const home = await signedInHome();
    const file = await exported(home);
    const { user } = jsonOf<{ user: { id: string; email: string } }>(await run(["whoami", "--json"], home));
    expect(readFileSync(file, "utf8")).not.toMatch(new RegExp(`${user.id}|${user.email}`));
    expect(await imported(file, home)).toEqual({ owner: "you", checksum: true, inserted: 0, warnings: [] });
  });

  it("is taken in under another user only if that is said", async () => {
    const file = await exported(await signedInHome());
    const other = await signedInHome();
    for (const flags of [[], ["--dry-run"]]) {
      const refused = await run(["import", file, "--json", ...flags], other);
      expect({ exit: refused.exit, ...errorOf(refused) }).toMatchObject({
        exit: 4,
        code: "archive_of_other_user",
        message: `${file} is an archive of another user of a Supabase project.`,
        hint: expect.stringContaining("--from-other-user") as string,
      });
    }
    const records = async () => jsonOf<{ total: number }>(await run(["records", "--json"], other)).total;
    expect(await records()).toBe(1);
    expect(await imported(file, other, "--from-other-user")).toMatchObject({
      owner: "other_user",
      warnings: [`${file}: it is an archive of another user of a Supabase project`],
    });
    expect(await records()).toBe(2);
  });

  it("is taken in by a database without accounts, which says that it cannot tell", async () => {
    const file = await exported(await signedInHome());
    expect(await imported(file, newHome())).toMatchObject({
      owner: "project_user",
      warnings: [expect.stringContaining("a database without accounts cannot tell whether that is you")],
    });
  });
});

describe("the archive of a database without accounts", () => {
  const localArchive = async (): Promise<string> => {
    const home = newHome();
    await run(["add", "-p", "openai", "-c", "1", "--date", "2026-11-02"], home);
    return exported(home);
  };

  it("is taken in by a project, which says that it names nobody", async () => {
    const home = await signedInHome();
    const file = await localArchive();
    expect(await imported(file, home)).toMatchObject({
      owner: "nobody",
      checksum: true,
      warnings: [`${file}: it does not say whose it is: a database without accounts made it`],
    });
    const receipt = await run(["import", file], home);
    expect(receipt.stdout).toContain("it does not say whose it is: a database without accounts made it");
  });

  it("is taken in elsewhere without a word, unless it is older: then that is said", async () => {
    const file = await localArchive();
    const text = readFileSync(file, "utf8");
    const home = newHome();
    expect(await imported(file, home)).toMatchObject({ owner: "you", checksum: true, warnings: [] });
    const older = fileIn(
      home,
      "older.ndjson",
      text.replace(',"owner":null', "").replace(/,"sha256":"\w+"/, ""),
    );
    expect(await imported(older, home)).toEqual({
      owner: "unstated",
      checksum: false,
      inserted: 0,
      warnings: [
        `${older}: it does not say whose it is`,
        `${older}: an older version of aicost made it, without a checksum: if it was changed since, that does not show`,
      ],
    });
  });
});
