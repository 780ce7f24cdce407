import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Import } from "../../src/lib/api.js";
import { daysAfter } from "../../src/lib/dates/days.js";
import { ask } from "../../src/lib/terminal/prompt.js";
import { homeWithDatabase, inOneOpening, openHome } from "../support/open-database.js";
import { fileIn, type Home, inTerminal, jsonOf, runWords } from "../support/cli.js";

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

const addedTwo = (home: Home): Promise<[string, string]> =>
  inOneOpening(home, async () => [await added(home), await added(home, "--date", "2026-11-05")]);

const totalOf = async (home: Home): Promise<number> =>
  jsonOf<{ total: number }>(await runWords(["records", "--range", "all", "--json"], home, AT_ONCE)).total;

describe("while a question is on the screen, other processes work on the database:", () => {
  it("aicost add", async () => {
    const home = await homeWithDatabase();
    await added(home);
    const terminal = inTerminal(["add", "--provider", "groq", "--date", "2026-11-05", "--note", "x"], home);
    await terminal.shows("Amount in US dollars");
    expect(await totalOf(home)).toBe(1);
    await added(home);
    terminal.type("7\r");
    await terminal.shows("What for");
    terminal.type("\r");
    await terminal.shows("Model (optional)");
    expect(await totalOf(home)).toBe(2);
    terminal.type("\r");
    expect((await terminal.ended).exit).toBe(0);
    expect(await totalOf(home)).toBe(3);
  });

  it("aicost records remove, which removes what was shown", async () => {
    const home = await homeWithDatabase();
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
    const home = await homeWithDatabase();
    const [first, second] = await addedTwo(home);
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
    const home = await homeWithDatabase();
    const [first, second] = await addedTwo(home);
    const terminal = inTerminal(["records", "remove", first, second], home);
    await terminal.shows("Remove these 2 records?");
    expect(await runWords(["records", "remove", second, "--yes"], home, AT_ONCE)).toMatchObject({ exit: 0 });
    terminal.type("y\r");
    expect((await terminal.ended).exit).toBe(4);
    expect(await totalOf(home)).toBe(1);
  });

  it("aicost db archive, which archives nothing that changed since it was shown", async () => {
    const home = await homeWithDatabase();
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

  it("aicost subscriptions add, which asks which plan and what becomes of entries", async () => {
    const home = await homeWithDatabase();
    const today = new Date().toISOString().slice(0, 10);
    const fee = ["add", "--provider", "chatgpt", "--cost", "19", "--kind", "subscription", "--date", today];
    const pro = ["subscriptions", "add", "chatgpt", "pro", "--since", today];
    const subscriptions = async () =>
      jsonOf<{ subscriptions: { plan: string; taken_over: number; charged: object }[] }>(
        await runWords(["subscriptions", "--json"], home, AT_ONCE),
      ).subscriptions;

    const left = inTerminal(pro, home);
    await left.shows("Which plan");
    left.type("\u0003");
    expect((await left.ended).exit).toBe(130);

    await runWords(fee, home, AT_ONCE);
    const terminal = inTerminal(pro, home);
    await terminal.shows("Which plan");
    await terminal.shows("(pro-200)");
    expect(await totalOf(home)).toBe(1);
    terminal.type("\u001b[B\r");
    await terminal.shows("(subscription)");
    await terminal.shows("There is 1 entry by hand on days on which chatgpt-pro-200 is due");
    expect(await subscriptions()).toEqual([]);
    terminal.type("\u001b[B\r");
    await terminal.shows("Added chatgpt-pro-200");
    expect((await terminal.ended).exit).toBe(0);
    // It counts instead of the charge of that day.
    expect(await subscriptions()).toMatchObject([{ plan: "pro-200", charged: { count: 0, usd: "0" } }]);
    expect(await totalOf(home)).toBe(1);
  });

  it("aicost forecast remove, which removes nothing if the answer is no", async () => {
    const home = await homeWithDatabase();
    await inOneOpening(home, async () => {
      const from = new Date(Date.now() - 6 * 86_400_000).toISOString().slice(0, 10);
      const rows = Array.from({ length: 5 }, (_, day) => `${daysAfter(from, day)},${10 + day}`);
      const file = fileIn(home, "days.csv", ["when,usd", ...rows].join("\n"));
      await runWords(["import", file, "--map", "date=when,cost=usd", "--provider", "litellm"], home, AT_ONCE);
      await runWords(["forecast"], home, AT_ONCE);
    });
    const terminal = inTerminal(["forecast", "remove", "--all"], home);
    await terminal.shows("all spend");
    await terminal.shows("Remove this forecast?");
    expect(await totalOf(home)).toBe(5);
    terminal.type("n\r");
    await terminal.shows("Nothing was removed.");
    expect((await terminal.ended).exit).toBe(0);
    expect(jsonOf(await runWords(["forecast", "list", "--json"], home, AT_ONCE))).toMatchObject({ total: 1 });
  });

  it("aicost import, which asks of which account a file is that contradicts others", async () => {
    const home = await homeWithDatabase();
    const [first, second, third] = ["a", "b", "c"].map((card) =>
      fileIn(home, `${card}.csv`, `Date,Card,Amount\n2026-11-01,${card},5\n`),
    );
    const mapping = ["--map", "date=Date,cost=Amount", "--provider", "mistral"];
    await runWords(["import", first!, ...mapping], home, AT_ONCE);

    const named = inTerminal(["import", second!, ...mapping], home);
    await named.shows("Whose is b.csv?");
    expect(await totalOf(home)).toBe(2);
    named.type("\u001b[B\u001b[B\r");
    await named.shows("Name of the account");
    named.type("second\r");
    expect((await named.ended).exit).toBe(0);

    const offered = inTerminal(["import", third!, ...mapping], home);
    await offered.shows("second, as the last one that you named");
    offered.type("\r");
    expect((await offered.ended).exit).toBe(0);
    const { imports } = jsonOf<{ imports: Import[] }>(await runWords(["imports", "--json"], home, AT_ONCE));
    expect(imports.map(({ status, account }) => [status, account])).toEqual([
      ["done", null],
      ["done", "second"],
      ["undone", null],
      ["done", null],
    ]);
  });

  it("aicost import, which asks what the columns of a file hold", async () => {
    const home = await homeWithDatabase();
    const bill = fileIn(
      home,
      "mistral-bill.csv",
      "Datum;Modell;Team;Betrag\n02/11/2026;m-a;x;1.234,50 €\n03/11/2026;m-b;y;0,80 €\n",
    );
    const terminal = inTerminal(["import", bill, "--account", "mine"], home);
    await terminal.shows("1.234,50 €");
    await terminal.shows("does not know the columns of mistral-bill.csv");
    terminal.type("\r");
    await terminal.shows("Which column is the date?");
    expect(await totalOf(home)).toBe(0);
    await added(home);
    terminal.type("\r");
    await terminal.shows("Which column is the cost?");
    // Not the guess: the file cannot be read so.
    terminal.type("\u001b[B\r");
    await terminal.shows("Which column is the model?");
    terminal.type("\r");
    await terminal.shows("Which provider charged this?");
    await terminal.shows("mistral");
    terminal.type("\r");
    await terminal.shows("Which column is the project, workspace or team?");
    terminal.type("\r");
    await terminal.shows("In which currency");
    terminal.type("\r");
    await terminal.shows("How are dates such as 02/11/2026 to be read?");
    await terminal.shows("Month first: 2026-02-11");
    terminal.type("\r");
    await terminal.shows("2 rows cannot be read:");
    await terminal.shows("No row of it can be imported so.");
    terminal.type("\r");

    for (const question of [
      "Which column is the date?",
      "the cost?",
      "the model?",
      "Which provider",
      "the project",
    ]) {
      await terminal.shows(question);
      terminal.type("\r");
    }
    await terminal.shows("US dollars for one EUR:");
    terminal.type("1.10\r");
    await terminal.shows("How are dates such as 02/11/2026 to be read?");
    terminal.type("\r");
    await terminal.shows("2 rows of 2 days to import   2026-11-02 to 2026-11-03   $1,358.83");
    await terminal.shows("Import these rows?");
    expect(await totalOf(home)).toBe(1);
    terminal.type("\r");
    await terminal.shows("Name of the mapping:");
    terminal.type("\r");
    await terminal.shows("2 new   $1,358.83");
    await terminal.shows("The same without questions:");
    await terminal.shows(
      "mistral-bill.csv --account mine --map date:DMY=Datum,cost=Betrag,model=Modell,project=Team --provider mistral --currency EUR --save-map mistral --rate EUR=1.10",
    );
    expect((await terminal.ended).exit).toBe(0);
    expect(await totalOf(home)).toBe(3);

    const next = fileIn(home, "next.csv", "Datum;Modell;Team;Betrag\n04/11/2026;m-a;x;1,00 €\n");
    const outcome = await runWords(["import", next, "--rate", "EUR=1.10", "--json"], home, AT_ONCE);
    expect(jsonOf<{ imports: { format: string }[] }>(outcome).imports[0]?.format).toBe("map:mistral");
  });

  it("aicost import, which leaves all as it was if the questions are cut short", async () => {
    const home = await homeWithDatabase();
    const bill = fileIn(home, "bill.csv", "Day,Model,Cost ($)\n2026-11-02,m-a,1.50\n");
    const terminal = inTerminal(["import", bill], home);
    await terminal.shows("does not know the columns of bill.csv");
    terminal.type("\r");
    await terminal.shows("Which column is the date?");
    terminal.type("\u0003");
    expect((await terminal.ended).exit).toBe(130);
    expect(existsSync(path.join(home.configDir, "config.json"))).toBe(false);
    expect(await totalOf(home)).toBe(0);

    const declined = inTerminal(["import", bill], home);
    await declined.shows("No");
    declined.type("\u001b[B\r");
    await declined.shows("bill.csv is not an export that aicost knows.");
    expect((await declined.ended).exit).toBe(4);
  });

  it("aicost import, which asks for the month of sums without dates", async () => {
    const home = await homeWithDatabase();
    const report = fileIn(
      home,
      "report.csv",
      "email,model,total_requests,total_prompt_tokens,total_net_spend_usd\na@x.example,m,2,30,5\n",
    );
    const terminal = inTerminal(["import", report], home);
    await terminal.shows("its name does not say which days they cover");
    await terminal.shows("Which month are they of (YYYY-MM)?");
    expect(await totalOf(home)).toBe(0);
    terminal.type("October\r");
    await terminal.shows("is not a month");
    terminal.type("\u007f".repeat(7));
    terminal.type("2026-10\r");
    await terminal.shows("--period 2026-10");
    expect((await terminal.ended).exit).toBe(0);
    expect(await totalOf(home)).toBe(1);
  });

  it("aicost import, which asks once for all providers that are not known", async () => {
    const home = await homeWithDatabase();
    const files = ["one", "two"].map((name, index) =>
      fileIn(home, `${name}.csv`, `Day,Vendor,Cost\n2026-11-0${index + 1},gateway-${name},1.50\n`),
    );
    const argv = ["import", ...files, "--map", "date=Day,provider=Vendor,cost=Cost"];
    const declined = inTerminal(argv, home);
    await declined.shows(
      "aicost does not know the providers gateway-one, gateway-two. Add them, and import?",
    );
    expect(await totalOf(home)).toBe(0);
    declined.type("n\r");
    const { screen, exit } = await declined.ended;
    expect(screen.replaceAll(/\s+/g, " ")).toContain(
      "2 providers that aicost does not know: gateway-one, gateway-two.",
    );
    expect(exit).toBe(4);
    expect(await totalOf(home)).toBe(0);

    const agreed = inTerminal(argv, home);
    await agreed.shows("Add them, and import?");
    agreed.type("y\r");
    await agreed.shows("The same without questions:");
    await agreed.shows("--add-providers");
    expect((await agreed.ended).exit).toBe(0);
    expect(await totalOf(home)).toBe(2);
  });

  it("aicost credentials remove", async () => {
    const home = await homeWithDatabase();
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
  const store = await openHome(await homeWithDatabase());
  try {
    await expect(ask([{ name: "name", message: "Name" }])).rejects.toThrow("keep others from the database");
  } finally {
    await store.close();
  }
});
