import type { Budget, BudgetPeriod, NewBudget, TagRule } from "../api.js";
import { UserError } from "../errors.js";
import { decimal, stored, typedAmount } from "../money.js";
import { didYouMean, nearest } from "../nearest.js";
import { KIND_NAMES, kindNamed } from "../record/kinds.js";
import { checkProviders, parseFilters, parseWho } from "../reports/filters.js";
import { parseTag } from "../reports/tags.js";
import { typedWord } from "../terminal/shell-word.js";

/** What a person types of a budget. */
export interface TypedBudget {
  per: BudgetPeriod;
  "reset-day"?: number | undefined;
  provider?: readonly string[] | undefined;
  model?: readonly string[] | undefined;
  project?: readonly string[] | undefined;
  tag?: readonly string[] | undefined;
  kind?: readonly string[] | undefined;
}

/** What it may refer to. */
export interface KnownNames {
  currency: string;
  providers: readonly { name: string }[];
  rules: readonly TagRule[];
}

/**
 * A budget as it was typed.
 * @throws UserError `bad_name`, `bad_amount`, `bad_reset_day`, `bad_kind`, `bad_tag`, `filter_empty`, `provider_unknown`,
 * `tag_unknown`
 */
export const newBudget = (
  name: string,
  amount: string,
  typed: TypedBudget,
  { currency, providers, rules }: KnownNames,
): NewBudget => {
  const resetDay = typed["reset-day"] ?? null;
  if (resetDay !== null && typed.per !== "month")
    throw new UserError(
      "bad_reset_day",
      `--reset-day is for months, not for a ${typed.per}.`,
      `Use --per month --reset-day ${resetDay}, or leave out --reset-day.`,
    );
  const filters = parseFilters({ providers: typed.provider ?? [], models: typed.model ?? [] });
  checkProviders(filters, providers);
  return {
    name: budgetName(name),
    amount: amountOf(amount, currency),
    currency,
    period: typed.per,
    reset_day: resetDay === 1 ? null : resetDay,
    providers: unique(filters.providers),
    models: unique(filters.models),
    projects: unique(parseWho({ project: typed.project }).project ?? []),
    tags: unique((typed.tag ?? []).map((tag) => knownTag(tag, rules))),
    kinds: unique((typed.kind ?? []).map(kindOf)),
  };
};

const unique = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];

/** @throws UserError `bad_name` */
export const budgetName = (text: string): string => {
  const name = text.trim().toLowerCase();
  if (/^[a-z0-9][a-z0-9._+-]{0,99}$/.test(name)) return name;
  throw new UserError(
    "bad_name",
    `“${text}” is not a name for a budget.`,
    "Use letters, digits, dots and dashes, for example: aicost budgets set api 100",
  );
};

const amountOf = (text: string, currency: string): string => {
  const reading = typedAmount(text, currency);
  if ("wrong" in reading)
    throw new UserError(
      "bad_amount",
      `“${text}” ${reading.wrong}.`,
      `Give the amount in ${currency}, for example: ${reading.write ?? "100"}`,
    );
  const kept = reading.value.gt(0) ? stored(reading.value) : null;
  if (kept !== null && decimal(kept).gt(0)) return kept;
  throw new UserError(
    "bad_amount",
    `“${text}” cannot be a budget.`,
    "Give an amount above 0, for example: 100",
  );
};

/** No record has what a mistyped tag asks for, and the budget would never be used up. */
const knownTag = (text: string, rules: readonly TagRule[]): string => {
  const tag = parseTag(text);
  const known = unique(rules.map((rule) => rule.tag));
  if (known.includes(tag)) return tag;
  throw new UserError(
    "tag_unknown",
    `There is no tag “${tag}”.`,
    `${didYouMean(nearest(tag, known))}See them with: aicost tags`,
  );
};

/** The kinds that a budget can be of. */
export const BUDGET_KINDS = KIND_NAMES.filter((name) => name !== "top-up");

const kindOf = (name: string): NewBudget["kinds"][number] => {
  const kind = kindNamed(name);
  if (kind !== undefined && kind !== "top_up") return kind;
  throw new UserError(
    "bad_kind",
    `A budget cannot be of “${name}”.`,
    `Use any of ${BUDGET_KINDS.join(", ")}.`,
  );
};

/** The budget that a person means. @throws UserError `budget_unknown` */
export const findBudget = (budgets: readonly Budget[], text: string): Budget => {
  const name = text.trim().toLowerCase();
  const found = budgets.find((budget) => budget.name === name);
  if (found !== undefined) return found;
  const names = budgets.map((budget) => budget.name);
  throw new UserError(
    "budget_unknown",
    `There is no budget “${text}”.`,
    `${didYouMean(nearest(name, names))}See them with: aicost budgets`,
  );
};

/** What a person types to set a budget. */
export const setCommand = ({ name, amount, period, reset_day, ...filters }: NewBudget): string => {
  const lists: [string, readonly string[]][] = [
    ["--provider", filters.providers],
    ["--model", filters.models],
    ["--project", filters.projects],
    ["--tag", filters.tags],
    ["--kind", filters.kinds.map((kind) => kind.replace("_", "-"))],
  ];
  return [
    `aicost budgets set ${typedWord(name)} ${amount} --per ${period}`,
    ...(reset_day === null ? [] : [`--reset-day ${reset_day}`]),
    ...lists.flatMap(([flag, names]) => names.map((each) => `${flag} ${typedWord(each)}`)),
  ].join(" ");
};
