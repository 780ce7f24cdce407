import { Command, Flags, type Interfaces } from "@oclif/core";
import { inspect } from "node:util";
import { readConfig } from "../config/config.js";
import type { Api } from "../api.js";
import { UserError } from "../errors.js";
import { withKindNames } from "../record/kinds.js";
import { chooseProfile, type Profile } from "../config/profiles.js";
import type { SessionPlace } from "../auth/session.js";
import { redacted } from "../secrets/redact.js";
import { knownSpend, openStore } from "../store/index.js";
import { clean, cleanJson } from "../terminal/clean.js";
import type { ScanTools } from "../scan/locked-scan.js";
import { rowProgress } from "../terminal/progress.js";
import { ask, confirm, type Question } from "../terminal/prompt.js";
import type { Screen } from "../render/table.js";
import { showsUtf8 } from "../terminal/utf8.js";
import type { InReadModel } from "../store/functions.js";
import type { SpendSource, Store } from "../store/store.js";
import { checkJq, jq, jqExpression } from "./jq.js";
import { asUserError, hasColor, inStream, printError, tellOfKeys, writeError } from "./print-error.js";
import type { Used } from "./usage-errors.js";

const DEFAULT_WAIT_SECONDS = 30;

interface Opening {
  /** Prepares for long work, such as a large import. */
  heavy?: boolean;
  /** Migrates nothing. */
  asIs?: boolean;
  signal?: AbortSignal | undefined;
}

/** Narrower tables cannot be read; wider ones take long to draw. */
const WIDTH = { least: 40, most: 500, unknown: 80 };

/**
 * What every command shares: `--json`, `--quiet` and `--profile`, a store that is opened on first use and closed at the
 * end, and one shape for errors. The answer goes to stdout; everything else goes to stderr, and only if a person sees it.
 */
export abstract class AicostCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    json: Flags.boolean({ summary: "print JSON", helpGroup: "GLOBAL" }),
    jq: Flags.string({
      summary: "print what this jq expression makes of the JSON",
      helpValue: "EXPR",
      helpGroup: "GLOBAL",
    }),
    quiet: Flags.boolean({
      char: "q",
      summary: "print only the result, without progress or notes",
      helpGroup: "GLOBAL",
    }),
    profile: Flags.string({
      summary: "the profile to use (list: aicost profiles)",
      helpValue: "NAME",
      helpGroup: "GLOBAL",
    }),
  };

  /** Opens the stores of all commands. A test that only needs a database lends one that stays open. */
  static openStore = openStore;

  #store: Promise<Store> | undefined;
  #profileFlag: string | undefined;
  /** Waits for `--jq`. */
  #answer: string | undefined;

  protected override async parse<
    F extends Interfaces.OutputFlags<F>,
    B extends Interfaces.OutputFlags<B>,
    A extends Interfaces.OutputArgs<A>,
  >(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, withKindNames(argv ?? this.argv));
    this.#profileFlag = (parsed.flags as { profile?: string }).profile;
    return parsed;
  }

  protected override async init(): Promise<void> {
    await super.init();
    const expression = jqExpression(this.argv);
    if (expression !== null) await checkJq(expression);
  }

  protected get profileFlag(): string | undefined {
    return this.#profileFlag;
  }

  protected get profile(): Profile {
    return chooseProfile(readConfig(this.config.configDir), this.#profileFlag, process.env);
  }

  /** @throws UserError `bad_wait` */
  protected get place(): SessionPlace {
    const onUnlock = (): void => this.tell("Waiting for the keychain to be unlocked …");
    return {
      configDir: this.config.configDir,
      command: this.#used.command,
      waitMs: waitSeconds() * 1000,
      onUnlock: process.stderr.isTTY ? onUnlock : undefined,
    };
  }

  protected store(opening: Opening = {}): Promise<Store> {
    this.#store ??= this.#openStore(opening);
    return this.#store;
  }

  /** The read model if it is known: it needs no open database. */
  protected async spend(opening?: Opening): Promise<SpendSource> {
    const open = () => this.store(opening);
    return (await knownSpend(this.profile, this.config.dataDir, open)) ?? (await open());
  }

  /** From the read model; if it is not known, from the store, which is open only for that. */
  protected async known<Name extends InReadModel>(
    name: Name,
    args: Api[Name]["args"],
    signal?: AbortSignal,
  ): Promise<Api[Name]["result"]> {
    const known = await knownSpend(this.profile, this.config.dataDir, () => this.store({ signal }));
    return known === null ? this.inStore((store) => store.call(name, args), signal) : known.call(name, args);
  }

  /** Closes the store, so that nobody waits. Open it again after, and look again at what was asked about. */
  protected async ask(questions: readonly Question[]): Promise<Record<string, string>> {
    await this.#closeStore();
    return ask(questions);
  }

  /** Closes the store, too, unless `--yes` is given. */
  protected async confirm(question: string, yes: boolean): Promise<boolean> {
    if (!yes) await this.#closeStore();
    return confirm(question, yes);
  }

  /** So that others can use the store before and after. */
  protected async inStore<Result>(
    work: (store: Store) => Promise<Result>,
    signal?: AbortSignal,
    heavy = false,
  ): Promise<Result> {
    const store = await this.#openStore({ heavy, signal });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }

  /** What a scan of the logs of coding agents needs of a command. */
  protected scanTools(signal: AbortSignal): ScanTools {
    return {
      profile: this.profile,
      dataDir: this.config.dataDir,
      place: this.place,
      scans: () => this.known("list_scans", {}, signal),
      inStore: (work, heavy) => this.inStore(work, signal, heavy),
      progress: rowProgress(this.showsProgress),
      onWait: (holder) => this.note(`Waiting for ${holder} …`),
      signal,
    };
  }

  #openStore({ heavy = false, asIs, signal }: Opening): Promise<Store> {
    return AicostCommand.openStore({
      profile: this.profile,
      place: this.place,
      dataDir: this.config.dataDir,
      heavy,
      asIs,
      signal,
      onWait: (holder) => this.note(`Waiting for ${holder} …`),
      warn: (text) => this.tell(text),
    });
  }

  protected get screen(): Required<Screen> {
    const columns = Math.trunc(process.stdout.columns || Number(process.env["COLUMNS"]));
    const width = Math.min(Math.max(columns || WIDTH.unknown, WIDTH.least), WIDTH.most);
    return { width, color: hasColor(process.stdout), whole: !columns, ascii: !showsUtf8(process.env) };
  }

  override log(text = ""): void {
    super.log("%s", inStream(clean(text, this.screen.color), process.stdout));
  }

  /** An answer for other programs, unchanged; on a terminal it is cleaned of control characters. */
  protected logData(text: string): void {
    super.log("%s", process.stdout.isTTY ? clean(text, false) : text);
  }

  /** `--jq` implies `--json`. */
  override jsonEnabled(): boolean {
    return jqExpression(this.argv) !== null || super.jsonEnabled();
  }

  protected override logJson(json: unknown): void {
    const text = cleanJson(JSON.stringify(json, null, 2));
    if (jqExpression(this.argv) === null) process.stdout.write(`${text}\n`);
    else this.#answer = text;
  }

  /** The framework hands an answer to `logJson` last. */
  protected override async _run<Result>(): Promise<Result> {
    const result = await super._run<Result>();
    await this.#printFiltered().catch((thrown: unknown) => this.catch(thrown));
    return result;
  }

  /** Prints what `--jq` makes of the answer. @throws UserError `bad_jq` */
  async #printFiltered(): Promise<void> {
    const expression = jqExpression(this.argv);
    if (expression === null || this.#answer === undefined) return;
    const filtered = await jq(this.#answer, expression);
    if (filtered !== "")
      process.stdout.write(`${process.stdout.isTTY ? clean(filtered, false) : filtered}\n`);
  }

  /** Writes a side note to stderr, if it is a terminal and `--quiet` is not given. */
  protected note(text: string): void {
    if (this.showsProgress) this.tell(text);
  }

  /** Writes to stderr what the user must know to go on, even with `--quiet`. */
  protected tell(text: string): void {
    writeError(inStream(clean(text, false), process.stderr));
  }

  /** @param drawn by a renderer, for `screen` */
  protected show(drawn: string): void {
    writeError(clean(drawn, this.screen.color));
  }

  /** Whether a person is watching: stderr is a terminal and neither `--quiet` nor `--json` is given. */
  protected get showsProgress(): boolean {
    const quiet = this.argv.includes("--quiet") || this.argv.includes("-q");
    return process.stderr.isTTY && !quiet && !this.jsonEnabled();
  }

  protected override catch(thrown: unknown): Promise<void> {
    // With `--jq` a script waits for what it asked for, and nothing else.
    printError(asUserError(thrown, this.#used), this.jsonEnabled() && jqExpression(this.argv) === null);
    if (process.env["DEBUG"]) this.tell(redacted(inspect(thrown)));
    tellOfKeys(this.argv);
    return Promise.resolve();
  }

  get #used(): Used {
    const { flags, baseFlags, examples } = this.ctor;
    const command = (this.id ?? "").replaceAll(":", " ");
    return {
      command,
      flags: Object.keys({ ...baseFlags, ...flags }),
      example: exampleIn(examples)?.replace("<%= config.bin %> <%= command.id %>", `aicost ${command}`),
    };
  }

  protected override async finally(): Promise<void> {
    await this.#closeStore();
  }

  async #closeStore(): Promise<void> {
    const opening = this.#store;
    this.#store = undefined;
    // If opening failed, the command has reported it, and there is nothing to close.
    const store = await opening?.catch(() => undefined);
    await store?.close();
  }
}

/** The first example, which is the simplest one. */
const exampleIn = ([first]: Command.Example[] = []): string | undefined =>
  typeof first === "string" ? first : first?.command;

const waitSeconds = (): number => {
  const text = process.env["AICOST_WAIT"];
  if (text === undefined || text === "") return DEFAULT_WAIT_SECONDS;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new UserError(
    "bad_wait",
    `AICOST_WAIT=${text} is not a number of seconds.`,
    "For example: AICOST_WAIT=60",
  );
};
