import { Flags } from "@oclif/core";
import { AicostCommand } from "../lib/command/base.js";
import { withStoredRates } from "../lib/rates/stored.js";
import { givenRates } from "../lib/record/currency.js";
import { dateOf } from "../lib/dates/days.js";
import { dateIn, today } from "../lib/dates/ranges.js";
import { entryFlags } from "../lib/command/entry-flags.js";
import { UserError } from "../lib/errors.js";
import {
  amountProblem,
  dateProblem,
  manualRecord,
  modelProblem,
  noteProblem,
  type EntryFields,
  type EntryProblem,
} from "../lib/entries/manual-entry.js";
import { canAsk, type Question } from "../lib/terminal/prompt.js";
import { recordDetail } from "../lib/render/record-table.js";
import { pricerOf } from "../lib/prices/pricer.js";
import { lacksPrice } from "../lib/prices/usage.js";
import { formatMoney } from "../lib/render/money-text.js";
import type { DueCharge, NewRecord, Preferences, StoredRecord } from "../lib/api.js";
import type { Store } from "../lib/store/store.js";

export default class Add extends AicostCommand {
  static override summary = "enter a charge by hand";
  static override description = "In a terminal it asks for what the flags leave out.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --provider chatgpt --cost 20 --date 2026-11-01 --subscription --note Plus",
    "<%= config.bin %> <%= command.id %> --provider openrouter --cost 25 --kind top-up",
    "<%= config.bin %> <%= command.id %> --provider mistral --cost 4.20 --currency EUR --rate EUR=1.08",
  ];
  static override flags = {
    ...entryFlags,
    estimated: Flags.boolean({ summary: "the amount is an estimate, not a charge", dependsOn: ["cost"] }),
    subscription: Flags.boolean({
      summary: "the amount is the flat fee of a plan: --kind subscription",
      dependsOn: ["cost"],
      exclusive: ["estimated"],
    }),
    beside: Flags.boolean({
      summary: "count a flat fee beside the charge of a subscription of the same provider and day",
    }),
  };

  async run(): Promise<{ record: StoredRecord | null }> {
    const { flags } = await this.parse(Add);
    const known = await this.store();
    const preferences = await known.call("get_preferences", {});
    const questions = await questionsFor(flags, known, preferences);
    const fields = questions.length === 0 ? flags : { ...flags, ...(await this.ask(questions)) };
    const store = await this.store();
    const { result: entered } = await withStoredRates(
      givenRates(flags.rate),
      () => Promise.resolve(store),
      (rates) => manualRecord(fields, preferences, rates),
    );
    const double = flags.beside ? undefined : await countedAlready(store, entered, preferences);
    if (double !== undefined && !(await this.#mayCountTwice(double))) {
      this.log("Nothing was added.");
      return { record: null };
    }
    // A question has closed the store.
    const open = await this.store();
    const record = await open.call("add_cost_record", { record: await priced(open, entered) });
    this.log(recordDetail(record, preferences.timezone, this.screen));
    this.note(`\nRemove it with: aicost records remove ${record.id.slice(0, 8)}`);
    return { record };
  }

  /** @throws UserError `charge_counted` without a terminal */
  async #mayCountTwice({ name, due_on, amount, currency }: DueCharge): Promise<boolean> {
    const charge = `${name} charges ${formatMoney(amount, currency)} on ${due_on}, which counts already.`;
    if (canAsk()) return this.confirm(`${charge} Count this one too?`, false);
    throw new UserError(
      "charge_counted",
      charge,
      "Correct that charge with aicost records edit, or count both with --beside.",
    );
  }
}

/** The charge of a subscription of the same provider and day as a flat fee. */
const countedAlready = async (
  store: Store,
  { kind, provider, timestamp, granularity }: NewRecord,
  { timezone }: Preferences,
): Promise<DueCharge | undefined> => {
  if (kind !== "subscription") return undefined;
  const day = granularity === "day" ? dateOf(timestamp) : dateIn(timezone, timestamp);
  const charges = await store.call("list_charges", { from_day: day, to_day: day });
  return charges.find((charge) => charge.provider === provider);
};

/** With an estimate, if it has tokens of a model and no amount. */
const priced = async (store: Store, record: NewRecord): Promise<NewRecord> =>
  lacksPrice(record) ? (await pricerOf(store)).priced(record) : record;

const MEASURES = ["cost", "input-tokens", "output-tokens", "requests"] as const;

/** Asks for what is missing. Without a terminal, the provider and an amount must be given. */
const questionsFor = async (
  fields: EntryFields,
  store: Store,
  preferences: Preferences,
): Promise<Question[]> => {
  const isMeasured = MEASURES.some((measure) => fields[measure] !== undefined);
  if (fields.provider !== undefined && isMeasured) return [];
  if (!canAsk()) {
    const missing = [
      ...(fields.provider === undefined ? ["--provider"] : []),
      ...(isMeasured ? [] : ["--cost"]),
    ];
    throw new UserError(
      "entry_incomplete",
      `The entry lacks ${missing.join(" and ")}.`,
      "aicost add --provider chatgpt --cost 20",
    );
  }
  const questions: Question[] = [];
  if (fields.provider === undefined) questions.push(await providerQuestion(store));
  if (!isMeasured)
    questions.push({
      name: "cost",
      message: "Amount in US dollars",
      check: checking((text) => amountProblem(text, fields.currency?.toUpperCase())),
    });
  if (fields.kind === undefined && !fields.subscription && !fields.estimated)
    questions.push({ name: "kind", message: "What for", default: "usage", choices: KIND_CHOICES });
  if (fields.date === undefined) {
    questions.push({
      name: "date",
      message: "Date",
      default: today(preferences.timezone),
      check: checking((text) => dateProblem(text, preferences.timezone)),
    });
  }
  if (fields.model === undefined) {
    questions.push({ name: "model", message: "Model (optional)", check: checking(modelProblem) });
  }
  if (fields.note === undefined) {
    questions.push({ name: "note", message: "Note (optional)", check: checking(noteProblem) });
  }
  return questions;
};

const KIND_CHOICES = [
  { value: "usage", name: "usage" },
  { value: "subscription", name: "subscription: the flat fee of a plan" },
  { value: "extra-usage", name: "extra usage: beyond what a plan covers" },
  { value: "top-up", name: "top-up: credit bought ahead, which counts when it is used" },
  { value: "fee", name: "fee" },
  { value: "tax", name: "tax" },
  { value: "credit", name: "credit or refund: money given back" },
];

const checking = (problemOf: (text: string) => EntryProblem | null) => (text: string) => {
  const problem = problemOf(text);
  if (problem === null) return null;
  return problem.write === undefined ? problem.what : `${problem.what} For example: ${problem.write}`;
};

const providerQuestion = async (store: Store): Promise<Question> => ({
  name: "provider",
  message: "Provider",
  choices: (await store.call("list_providers", {})).map(({ name, display_name }) => ({
    name: `${display_name} (${name})`,
    value: name,
  })),
});
