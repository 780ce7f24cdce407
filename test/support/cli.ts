import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { format, stripVTControlCharacters } from "node:util";
import { type Command, Config } from "@oclif/core";
import { afterAll, onTestFinished, vi } from "vitest";
import { clean } from "../../src/lib/terminal/clean.js";
import { expectAsPublished, wordsOf } from "./json-schema.js";

/** The folder of the project. */
export const ROOT = path.resolve(import.meta.dirname, "../..");

/** The version of Node that runs the built program: `.ci/run` names others than that of the tests. */
export const NODE = process.env["AICOST_TEST_NODE"] ?? process.execPath;

/** A file of `test/samples`. */
export const sample = (name: string): string => path.join(ROOT, "test/samples", name);

/** Where a person's data and configuration lie. */
export interface Home {
  folder: string;
  dataDir: string;
  configDir: string;
}

/** A home in which nothing is yet; it is removed when the test is over. */
export const newHome = (): Home => {
  const home = makeHome();
  onTestFinished(() => removeHome(home));
  return home;
};

/** A home for all tests of a file or a `describe`, for those that leave nothing in it. */
export const sharedHome = (): Home => {
  const home = makeHome();
  afterAll(() => removeHome(home));
  return home;
};

/** A home that somebody else removes. */
export const makeHome = (): Home => {
  const folder = mkdtempSync(path.join(tmpdir(), "aicost-home-"));
  const home = { folder, dataDir: path.join(folder, "data"), configDir: path.join(folder, "config") };
  mkdirSync(home.configDir);
  return home;
};

export const removeHome = ({ folder }: Home): void => rmSync(folder, { recursive: true, force: true });

/** Writes a file into a home. @returns its path */
export const fileIn = ({ folder }: Home, name: string, content: string | Uint8Array): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};

/** Text for a snapshot: what differs from run to run is written as a name of the same length. */
export const steady = (text: string, { folder }: Home): string =>
  text
    .replaceAll(folder, "HOME")
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "IDIDIDID-IDID-IDID-IDID-IDIDIDIDIDID")
    .replaceAll(/\b(?=[a-f]*\d)[0-9a-f]{8}\b/g, "IDIDIDID")
    .replaceAll(/(?<=^Imported +)\S+ \S+/gm, "YYYY-MM-DD HH:MM:SS");

/** What a command said, and how it ended. */
export interface Outcome {
  stdout: string;
  stderr: string;
  /** The exit code; null if it was killed. */
  exit: number | null;
}

/** The one JSON document that a command printed. @throws if it printed anything else */
export const jsonOf = <Document = Record<string, unknown>>({ stdout }: Outcome): Document =>
  JSON.parse(stdout) as Document;

/** What `--json` holds of an error. @throws if the command did not print one JSON document with an error */
export const errorOf = (outcome: Outcome): ErrorJson => {
  const { error } = jsonOf<{ error?: ErrorJson }>(outcome);
  if (error === undefined) throw new Error(`The command succeeded: ${outcome.stdout}`);
  return error;
};

interface ErrorJson {
  code: string;
  message: string;
  hint: string | null;
  [detail: string]: unknown;
}

let loaded: Promise<Config> | undefined;

/** What the command framework knows of the program, read once: it makes its own copy for the environment of each command. */
const commandFramework = (): Promise<Config> => (loaded ??= Config.load(ROOT));

const RED_LABEL = "\u001b[31mError:\u001b[39m";

/**
 * What a command says under `--json` without the sentence of its error, which must be on stderr, too.
 * @throws if it is not
 */
const withoutEcho = (argv: readonly string[], outcome: Outcome): Outcome => {
  if (!argv.includes("--json") || !outcome.stdout.startsWith('{\n  "error": {')) return outcome;
  const { code, message, hint } = errorOf(outcome);
  const label = code === "interrupted" ? "" : "Error: ";
  const lines = [label + message, ...(hint === null ? [] : [hint.replaceAll(/^/gm, "  ")])];
  const plain = `${clean(lines.join("\n"), false)}\n`;
  const said = [plain, plain.replace("Error:", RED_LABEL)].find((text) => outcome.stderr.includes(text));
  if (said === undefined) throw new Error(`Only stdout has the error: ${JSON.stringify(outcome)}`);
  const at = outcome.stderr.indexOf(said);
  return { ...outcome, stderr: outcome.stderr.slice(0, at) + outcome.stderr.slice(at + said.length) };
};

type CommandClass = (new (argv: string[], config: Config) => Command) & Pick<typeof Command, "run">;

/** A terminal whose bytes go to a test: the streams of this process say that they are one. */
export interface HereTerminal {
  columns: number;
  /** Gets what both streams say, in its order, with the ends of lines that a terminal shows. */
  show: (bytes: string) => void;
}

/**
 * Runs a command class on source, in this process. Its output is caught, the environment is put back afterwards.
 * @param input what is on standard input, where the command reads it
 * @param terminal if it is given, the command finds a person at it, whose answers it cannot read
 */
export const runCommand = async (
  command: CommandClass,
  argv: readonly string[],
  home: Home,
  env: Record<string, string> = {},
  input?: string | Uint8Array,
  terminal?: HereTerminal,
): Promise<Outcome> => {
  const before = { env: process.env, exitCode: process.exitCode };
  // In a test environment the command framework warns of every command that refuses its flags.
  process.env = { ...process.env, NODE_ENV: "production", ...homeVariables(home), ...env };
  process.exitCode = undefined;
  const output = { stdout: "", stderr: "" };
  const take = (stream: "stdout" | "stderr") => (piece: string) => {
    output[stream] += piece;
    terminal?.show(piece.replaceAll("\n", "\r\n"));
  };
  const release = [
    ...(input === undefined ? [] : [withInput(input)]),
    ...(terminal === undefined ? [] : [asTerminal(terminal)]),
    catchOutput(process.stdout, "log", take("stdout")),
    catchOutput(process.stderr, "error", take("stderr")),
  ];
  try {
    await command.run([...argv], await commandFramework());
    expectAsPublished([...wordsOf(command), ...argv], output.stdout);
    return withoutEcho(argv, { ...output, exit: (process.exitCode as number | undefined) ?? 0 });
  } finally {
    release.forEach((put) => put());
    process.env = before.env;
    process.exitCode = before.exitCode;
  }
};

/** What a command answers under `--json`. @throws if it fails or says anything on stderr */
export const answer = async <Document>(
  command: CommandClass,
  argv: readonly string[],
  home: Home,
): Promise<Document> => {
  const outcome = await runCommand(command, [...argv, "--json"], home);
  if (outcome.exit !== 0 || outcome.stderr !== "") throw new Error(JSON.stringify(outcome));
  return jsonOf<Document>(outcome);
};

/** How a command refuses something under `--json`, with its exit code. @throws if it succeeds */
export const refusal = async (
  command: CommandClass,
  argv: readonly string[],
  home: Home,
): Promise<ErrorJson & { exit: number | null }> => {
  const outcome = await runCommand(command, [...argv, "--json"], home);
  return { exit: outcome.exit, ...errorOf(outcome) };
};

const homeVariables = ({ dataDir, configDir }: Home) => ({
  AICOST_DATA_DIR: dataDir,
  AICOST_CONFIG_DIR: configDir,
  // Charts are drawn in ASCII for other character sets.
  LC_ALL: "C.UTF-8",
});

/** Puts something on standard input. @returns what puts the former one back */
const withInput = (input: string | Uint8Array): (() => void) => {
  const before = Object.getOwnPropertyDescriptor(process, "stdin");
  const value = Readable.from([Buffer.from(input)]);
  Object.defineProperty(process, "stdin", { ...before, get: () => value });
  return () => Object.defineProperty(process, "stdin", before ?? { value: undefined });
};

/** Has the streams of this process say that they are a terminal. @returns what puts them back */
const asTerminal = ({ columns }: HereTerminal): (() => void) => {
  const { stdin, stdout, stderr } = process;
  const put = [
    setProperties(stdin, { isTTY: true }),
    ...[stdout, stderr].map((stream) => setProperties(stream, { isTTY: true, columns })),
  ];
  return () => put.forEach((each) => each());
};

/** Gives an object properties of its own. @returns what puts back those that were there */
const setProperties = (target: object, properties: Record<string, unknown>): (() => void) => {
  const put = Object.entries(properties).map(([name, value]) => {
    const before = Object.getOwnPropertyDescriptor(target, name);
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
    return () =>
      before === undefined
        ? Reflect.deleteProperty(target, name)
        : Object.defineProperty(target, name, before);
  });
  return () => put.forEach((each) => each());
};

/** Runs what a person types, as the built program does, but on source and in this process: twice as fast. */
export const runWords = async (
  words: readonly string[],
  home: Home,
  {
    env,
    input,
    terminal,
  }: { env?: Record<string, string>; input?: string | Uint8Array; terminal?: HereTerminal } = {},
): Promise<Outcome> => {
  const [first = "", second = ""] = words;
  const places = [
    { file: `${first}/${second}.ts`, taken: 2 },
    { file: `${first}/index.ts`, taken: 1 },
    { file: `${first}.ts`, taken: 1 },
  ];
  const place = places.find(({ file }) => existsSync(path.join(ROOT, "src/commands", file)));
  if (place === undefined) throw new Error(`There is no command ${first}.`);
  const found = (await import(path.join(ROOT, "src/commands", place.file))) as { default: CommandClass };
  return runCommand(found.default, words.slice(place.taken), home, env, input, terminal);
};

/** Catches what goes to a stream, by itself or by the console. @returns what puts both back */
const catchOutput = (
  stream: NodeJS.WriteStream,
  method: "log" | "error",
  take: (piece: string) => void,
): (() => void) => {
  const streamSpy = vi.spyOn(stream, "write").mockImplementation((piece) => {
    take(Buffer.from(piece).toString());
    return true;
  });
  const consoleSpy = vi
    .spyOn(console, method)
    .mockImplementation((...given) => take(`${format(...given)}\n`));
  return () => [streamSpy, consoleSpy].forEach((spy) => spy.mockRestore());
};

export interface RunOptions {
  env?: Record<string, string>;
  /** What is on standard input; nothing by default. Null where somebody else writes to it. */
  input?: string | Uint8Array | null;
  /** A command that the program is started by, such as `["setpriv", …]`. */
  prefix?: readonly string[];
}

/** The built program at work. */
export interface Running {
  child: ChildProcess;
  /** @returns how it ended */
  outcome: Promise<Outcome>;
}

/** The data folders whose databases are open in this process only: see `keepDatabasesOpen`. */
export const openHere = new Set<string>();

/** @throws if the program would not find what the test has in the database of a home */
const requireOnDisk = ({ dataDir }: Home): void => {
  if (openHere.has(dataDir)) throw new Error("Only this process has that database. Use homeWithDatabase().");
};

/** Starts the built program; its standard streams are pipes. */
export const start = (
  argv: readonly string[],
  home: Home,
  { env = {}, input = "", prefix = [] }: RunOptions = {},
): Running => {
  requireOnDisk(home);
  const [file = "", ...args] = [...prefix, NODE, path.join(ROOT, "bin/run.cjs"), ...argv];
  const child = spawn(file, args, { env: environment(home, env) });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (output.stdout += piece));
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (output.stderr += piece));
  // A program that ends without reading its input closes the pipe.
  child.stdin.on("error", () => undefined);
  if (input !== null) child.stdin.end(input);
  const outcome = once(child, "close").then(([exit]) => ({ ...output, exit: exit as number | null }));
  return { child, outcome };
};

/** Runs the built program to its end. What it says of an error under `--json` is looked at as by `runCommand`. */
export const aicost = (argv: readonly string[], home: Home, options?: RunOptions): Promise<Outcome> =>
  start(argv, home, options).outcome.then((outcome) => {
    expectAsPublished(argv, outcome.stdout);
    return withoutEcho(argv, outcome);
  });

const environment = (home: Home, env: Record<string, string>): NodeJS.ProcessEnv => {
  const {
    AICOST_WAIT: _wait,
    FORCE_COLOR: _color,
    DEBUG: _debug,
    NODE_ENV: _node,
    ...inherited
  } = process.env;
  return { ...inherited, HOME: home.folder, ...homeVariables(home), ...env };
};

/** The built program in a terminal. */
export interface Terminal {
  /** Waits until the terminal shows this text after what was seen before. @throws if the program ends without it */
  shows(text: string): Promise<void>;
  type(keys: string): void;
  /** @returns all that the terminal showed, without colors, and the exit code */
  ended: Promise<{ screen: string; exit: number | null }>;
  /** What the terminal got until now, byte for byte. */
  bytes(): string;
}

/** How large a terminal is, in characters. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

/** Starts the built program in a terminal of 100 columns, or of a given size, by `script` of util-linux. */
export const inTerminal = (
  argv: readonly string[],
  home: Home,
  env: Record<string, string> = {},
  { columns, rows }: TerminalSize = { columns: 100, rows: 24 },
): Terminal => {
  requireOnDisk(home);
  const words = [NODE, path.join(ROOT, "bin/run.cjs"), ...argv];
  const command = `stty cols ${columns} rows ${rows}; exec ${words.map(quoted).join(" ")}`;
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    env: { ...environment(home, env), TERM: "xterm", SHELL: "/bin/sh" },
  });
  let screen = "";
  let seen = 0;
  let running = true;
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (screen += piece));
  const ended = once(child, "close").then(([exit]) => {
    running = false;
    return { screen: stripVTControlCharacters(screen), exit: exit as number | null };
  });
  return {
    ended,
    bytes: () => screen,
    type: (keys) => child.stdin.write(keys),
    async shows(text) {
      for (;;) {
        const shown = stripVTControlCharacters(screen);
        const at = shown.indexOf(text, seen);
        if (at !== -1) {
          seen = at + text.length;
          return;
        }
        if (!running) throw new Error(`The terminal never showed “${text}”:\n${shown.slice(seen)}`);
        await sleep(20);
      }
    },
  };
};

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
