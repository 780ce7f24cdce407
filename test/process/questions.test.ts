import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ask } from "../../src/lib/terminal/prompt.js";
import { openHome } from "../support/open-database.js";
import { type Home, inTerminal, jsonOf, newHome, runWords } from "../support/cli.js";

/** The program runs in a terminal; this process is the other one. */
const AT_ONCE = { env: { AICOST_WAIT: "0" } };

const added = async (home: Home, ...flags: string[]): Promise<string> => {
  const outcome = await runWords(
    ["add", "--provider", "groq", "--cost", "1.25", ...flags, "--json"],
    home,
    AT_ONCE,
  );
  return jsonOf<{ record: { id: string } }>(outcome).record.id;
};

const totalOf = async (home: Home): Promise<number> =>
  jsonOf<{ total: number }>(await runWords(["records", "--range", "all", "--json"], home, AT_ONCE)).total;

describe("while a question is on the screen, other processes work on the database:", () => {
  it("aicost add", async () => {
    const home = newHome();
    await added(home);
    const terminal = inTerminal(["add", "--provider", "groq", "--date", "2026-11-05", "--note", "x"], home);
    await terminal.shows("Amount in US dollars");
    expect(await totalOf(home)).toBe(1);
    await added(home);
    terminal.type("7\r");
    await terminal.shows("Model (optional)");
    expect(await totalOf(home)).toBe(2);
    terminal.type("\r");
    expect((await terminal.ended).exit).toBe(0);
    expect(await totalOf(home)).toBe(3);
  });

  it("aicost records remove, which removes what was shown", async () => {
    const home = newHome();
    const id = await added(home);
    const terminal = inTerminal(["records", "remove", id], home);
    await terminal.shows("Remove this record?");
    expect(await totalOf(home)).toBe(1);
    await added(home);
    terminal.type("y\r");
    await terminal.shows("Removed one record.");
    expect((await terminal.ended).exit).toBe(0);
    expect(await totalOf(home)).toBe(1);
  });

  it("aicost records remove, which removes nothing that changed since it was shown", async () => {
    const home = newHome();
    const [first, second] = [await added(home), await added(home, "--date", "2026-11-05")];
    const terminal = inTerminal(["records", "remove", first, second], home);
    await terminal.shows("Remove these 2 records?");
    expect(
      await runWords(["records", "edit", second, "--cost", "99", "--json"], home, AT_ONCE),
    ).toMatchObject({
      exit: 0,
    });
    terminal.type("y\r");
    const { screen, exit } = await terminal.ended;
    expect([screen, exit]).toEqual([
      expect.stringContaining(`The record ${second.slice(0, 8)} has changed since it was shown`),
      4,
    ]);
    expect(await totalOf(home)).toBe(2);
  });

  it("aicost records remove, which removes nothing if a record is gone", async () => {
    const home = newHome();
    const [first, second] = [await added(home), await added(home, "--date", "2026-11-05")];
    const terminal = inTerminal(["records", "remove", first, second], home);
    await terminal.shows("Remove these 2 records?");
    expect(await runWords(["records", "remove", second, "--yes"], home, AT_ONCE)).toMatchObject({ exit: 0 });
    terminal.type("y\r");
    expect((await terminal.ended).exit).toBe(4);
    expect(await totalOf(home)).toBe(1);
  });

  it("aicost db archive, which archives nothing that changed since it was shown", async () => {
    const home = newHome();
    await added(home, "--date", "2026-01-05");
    const folder = path.join(home.folder, "archive");
    const argv = ["db", "archive", "--before", "2026-03", "--to", folder];
    const first = inTerminal(argv, home);
    await first.shows("Move one record");
    await added(home, "--date", "2026-02-05");
    first.type("y\r");
    const { screen, exit } = await first.ended;
    expect([screen, exit]).toEqual([expect.stringContaining("have changed since they were shown"), 4]);
    expect(existsSync(folder)).toBe(false);
    const second = inTerminal(argv, home);
    await second.shows("Move 2 records");
    expect(await totalOf(home)).toBe(2);
    second.type("y\r");
    expect((await second.ended).exit).toBe(0);
    expect(await totalOf(home)).toBe(0);
  });

  it("aicost credentials remove", async () => {
    const home = newHome();
    const env = { AICOST_SECRETS: "file" };
    const key = { env, input: `sk-ant-admin01-${"x".repeat(40)}\n` };
    const argv = ["credentials", "add", "anthropic", "--no-check", "--key-stdin"];
    expect(await runWords(argv, home, key)).toMatchObject({ exit: 0 });
    const terminal = inTerminal(["credentials", "remove", "anthropic"], home, env);
    await terminal.shows("Forget the key of");
    expect(await totalOf(home)).toBe(0);
    const meanwhile = await runWords(["credentials", "remove", "anthropic", "--yes", "--json"], home, {
      env,
    });
    expect(meanwhile).toMatchObject({ exit: 0 });
    terminal.type("y\r");
    const { screen, exit } = await terminal.ended;
    expect([screen, exit]).toEqual([expect.stringContaining("This key is no longer stored."), 4]);
  });
});

it("asking is a bug while the process holds the database", async () => {
  const store = await openHome(newHome());
  try {
    await expect(ask([{ name: "name", message: "Name" }])).rejects.toThrow("keep others from the database");
  } finally {
    await store.close();
  }
});
