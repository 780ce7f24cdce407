import { beforeAll, describe, expect, it } from "vitest";
import { giveDatabase, inOneOpening } from "../support/open-database.js";
import { inTerminal, jsonOf, runWords, sharedHome, type Terminal } from "../support/cli.js";
import { startReplay } from "../support/replay.js";
import { LITELLM_KEYS, replayLitellm } from "../support/replay/litellm.js";

/** As a terminal sends what is pasted, if the program has asked for marks. */
const PASTE = "\u001b[200~";
const marked = (text: string): string => `${PASTE}${text}\u001b[201~`;

/** 100 KB, to be read as it is or with its mark of the end lost. */
const LONG = "pasted words, ".repeat(7200).slice(0, 100_000);
const MANY_LINES = "y\r2026-11-05\r".repeat(7700).slice(0, 100_000);

const ESCAPE = "\u001b";
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

const home = sharedHome();
let id: string;

beforeAll(async () => {
  await giveDatabase(home);
  await inOneOpening(home, async () => {
    const words = ["add", "--provider", "groq", "--cost", "1", "--date", "2026-11-05", "--json"];
    id = jsonOf<{ record: { id: string } }>(await runWords(words, home)).record.id;
  });
});

const WORDS = {
  text: () => ["add", "--provider", "groq", "--date", "2026-11-05", "--note", "x", "--model", "m"],
  password: () => ["credentials", "add", "anthropic", "--no-check"],
  confirm: () => ["records", "remove", id],
  list: () => ["subscriptions", "add", "chatgpt", "pro", "--since", "2026-11-05"],
};

const asking = async (words: readonly string[], asked: string): Promise<Terminal> => {
  const terminal = inTerminal(words, home, { AICOST_SECRETS: "file" });
  await terminal.shows(asked);
  return terminal;
};

describe.each([
  { kind: "free text", asked: "Amount in US dollars", words: WORDS.text, how: "plain", paste: LONG },
  { kind: "a password", asked: "Key of", words: WORDS.password, how: "without end", paste: PASTE + LONG },
  {
    kind: "yes or no",
    asked: "Remove this",
    words: WORDS.confirm,
    how: "of lines",
    paste: marked(MANY_LINES),
  },
  { kind: "a list", asked: "Which plan", words: WORDS.list, how: "marked", paste: marked(LONG) },
])("a question for $kind", ({ asked, words, how, paste }) => {
  it(`survives Escape and a paste of 100 KB (${how}), and ends at Ctrl+C`, async () => {
    const terminal = await asking(words(), asked);
    terminal.type(ESCAPE);
    terminal.type(paste + CTRL_C);
    const { screen, exit } = await terminal.ended;
    expect(exit).toBe(130);
    expect(screen.length).toBeLessThan(10_000);
    // The shell gets a terminal as it was.
    expect(terminal.bytes().lastIndexOf("\u001b[?2004l")).toBeGreaterThan(
      terminal.bytes().lastIndexOf("\u001b[?2004h"),
    );
  });

  it("ends at the end of input", async () => {
    const terminal = await asking(words(), asked);
    terminal.type(CTRL_D);
    expect((await terminal.ended).exit).toBe(130);
  });
});

describe("what was cut is refused, and the answer after it counts:", () => {
  it("free text", async () => {
    const terminal = await asking(WORDS.text(), "Amount in US dollars");
    terminal.type(`${marked(LONG)}\r`);
    await terminal.shows("That is longer than 1,000 characters");
    terminal.type(`\u0015${marked("2.50\r\n")}`);
    await terminal.shows("2.50");
    terminal.type("\r");
    await terminal.shows("What for");
    terminal.type(CTRL_C);
    expect((await terminal.ended).exit).toBe(130);
  });

  it("a password", async () => {
    const key = `sk-ant-admin01-${"x".repeat(2000)}-END`;
    const terminal = await asking(WORDS.password(), "Key of");
    terminal.type(`${LONG}\r`);
    await terminal.shows("That is longer than 4,096 characters");
    terminal.type(`\u0015${marked(key)}\r`);
    const { screen, exit } = await terminal.ended;
    expect([screen, exit]).toEqual([expect.stringMatching(/Key +sk-ant-admin…-END/), 0]);
    expect(screen).not.toContain("xx");
  });
});

describe("an address that hides whom it leads to", () => {
  it("is shown as what will be asked, before a key is typed for it", async () => {
    const server = await startReplay(replayLitellm);
    const { port } = new URL(server.url);
    const typed = `http://0x7f.1:${port}`;
    const words = ["credentials", "add", "litellm", "--base-url", typed];
    const terminal = await asking(words, "Key of");
    terminal.type(`${LITELLM_KEYS.master}\r`);
    const { screen, exit } = await terminal.ended;
    expect(exit).toBe(0);
    expect(screen).toMatch(
      new RegExp(`^Requests with this key will go to http://127\\.0\\.0\\.1:${port}\\r?$[^]*Key of`, "m"),
    );
    expect(server.requests.length).toBeGreaterThan(0);
  });

  it("is shown before a key on standard input goes there, and stays unsaid if it shows it itself", async () => {
    const add = (name: string, address: string) =>
      runWords(
        ["credentials", "add", "litellm", "--name", name, "--base-url", address, "--key-stdin", "--no-check"],
        home,
        {
          env: { AICOST_SECRETS: "file" },
          input: LITELLM_KEYS.master,
        },
      );
    expect(await add("hidden", "https://evil.example\\@good.example")).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining("Requests with this key will go to https://evil.example\n") as string,
    });
    const plain = await add("plain", "https://llm.good.example/proxy");
    expect(plain).toMatchObject({ exit: 0 });
    expect(plain.stderr).not.toContain("Requests with this key");
  });
});
