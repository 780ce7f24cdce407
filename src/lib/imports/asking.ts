import { readConfig } from "../config/config.js";
import type { TableStart } from "../csv/table-start.js";
import { UserError } from "../errors.js";
import { formats } from "../providers/index.js";
import { unusable } from "../providers/unusable.js";
import { interruptible } from "../terminal/interrupt.js";
import { type Question, refusedBy } from "../terminal/prompt.js";
import type { CheckedFile } from "./check.js";
import { checkAlone, guide, type GuideEnd, startAlone } from "./guide.js";
import { type Imported, importNamed, type ImportTools, type NamedFlags, NOTHING } from "./import-named.js";
import type { ImportResult } from "../store/read-model/known-files.js";
import { withStoredRates } from "../rates/stored.js";
import { givenDate, importSettings, type ImportSettings } from "./settings.js";
import { undo } from "./undo.js";
import { askWhose, importsInDoubt } from "./whose.js";

/** What asking needs of the command. */
export interface AskingTools extends ImportTools {
  /** Puts questions, and closes the store meanwhile. */
  ask: (questions: readonly Question[]) => Promise<Record<string, string>>;
  confirm: (question: string) => Promise<boolean>;
  /** Shows what a question is about. */
  show: (text: string) => void;
  /** Shows the header and the first rows of a file. */
  showStart: (start: TableStart) => void;
  /** Shows what a file turned out to hold. */
  showFound: (checked: CheckedFile) => void;
}

export interface Asked {
  imported: Imported;
  /** The flags with which it was imported; those that were typed if the user stopped it. */
  flags: NamedFlags;
  /** The user chose to import nothing. */
  isStopped: boolean;
}

/** Imports files, and asks what is left open. @throws what `importNamed` throws, unless a question helps */
export const importAsking = async (
  names: readonly string[],
  typed: NamedFlags,
  tools: AskingTools,
): Promise<Asked> => {
  let flags = typed;
  for (;;) {
    try {
      const imported = await interruptible((signal) => importNamed(names, flags, tools, signal));
      return { imported, flags, isStopped: false };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const answered = await answerTo(error, names, flags, tools);
      if (answered === null) return { imported: NOTHING, flags: typed, isStopped: true };
      flags = { ...flags, ...answered };
    }
  }
};

const PERIOD_QUESTION: Question = {
  name: "period",
  message: "Which month are they of (YYYY-MM)?",
  check: refusedBy((period) => givenDate({ period })),
};

/** @returns flags that help against an error, or null to import nothing. @throws the error, if no question helps */
const answerTo = async (
  error: UserError,
  names: readonly string[],
  flags: NamedFlags,
  tools: AskingTools,
): Promise<Partial<NamedFlags> | null> => {
  const { providers: unknown } = error.details as { providers?: string[] };
  if (error.code === "provider_unknown" && unknown !== undefined) {
    const [what, them] = unknown.length === 1 ? ["provider", "it"] : ["providers", "them"];
    const question = `aicost does not know the ${what} ${unknown.join(", ")}. Add ${them}, and import?`;
    if (await tools.confirm(question)) return { "add-providers": true };
    throw error;
  }
  if (error.code === "period_missing") {
    tools.show(error.message);
    const { period = "" } = await tools.ask([PERIOD_QUESTION]);
    return { period };
  }
  const [file] = names.length === 1 ? names : [];
  if (error.code !== "format_unknown" || file === undefined || flags.format !== undefined) throw error;
  const guided = await guideFile(file, flags, tools);
  if (guided === "declined") throw error;
  return guided === "stopped" ? null : guided;
};

/** Asks what the columns of a file hold. */
const guideFile = async (file: string, flags: NamedFlags, tools: AskingTools): Promise<GuideEnd> => {
  const start = await interruptible((signal) => startAlone(file, signal));
  if (start === null) return "declined";
  const spend = await tools.spend();
  const preferences = await spend.call("get_preferences", {});
  const providers = await spend.call("list_providers", {});
  const maps = Object.keys(readConfig(tools.configDir).maps);
  const facts = { flags, dryRun: flags["dry-run"], fileName: file, providers, maps };
  return guide(start, facts, {
    ...tools,
    check: (given) =>
      interruptible((signal) => {
        const settings = importSettings(tools.configDir, given, preferences, providers);
        const options = { formats, unusable, signal, progress: tools.progress };
        return checkAtStoredRates(file, settings, options, tools);
      }),
  });
};

const checkAtStoredRates = async (
  file: string,
  settings: ImportSettings,
  options: Parameters<typeof checkAlone>[2],
  tools: Pick<AskingTools, "store">,
): Promise<CheckedFile> => {
  const { result } = await withStoredRates(
    settings.rates,
    () => tools.store(),
    (rates) => checkAlone(file, { ...settings, rates }, options),
  );
  return result;
};

/** Asks whose the files are that contradict others of their days. @yields what became of each that the user decided on */
export async function* clearUp(
  results: readonly ImportResult[],
  flags: NamedFlags,
  tools: AskingTools,
): AsyncGenerator<Imported> {
  const open = () => tools.store();
  for (const inDoubt of await importsInDoubt(open, results)) {
    const how = await askWhose(inDoubt, tools.ask);
    if (how === null) continue;
    if ("account" in how) await undo(await open(), inDoubt.id);
    yield await interruptible((signal) =>
      importNamed([inDoubt.result.source], { ...flags, ...how }, tools, signal),
    );
  }
}
