import type { Budget, Coverage, DailySpend, StoredForecast } from "../api.js";
import type { Span } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { type Decimal, decimal, percentOf, plain, toScale, ZERO } from "../money.js";
import { knownProviders } from "../reports/coverage.js";
import { missingWarnings } from "../reports/coverage-warnings.js";
import { coverageOf } from "../reports/coverage.js";
import { Exchange } from "../reports/currency.js";
import { together, within } from "../reports/day-spans.js";
import { expectedSpend, isFresh, type KnownCharge } from "../reports/expected.js";
import type { SpendFilters } from "../reports/filters.js";
import { groupsOf } from "../reports/groups.js";
import { matching, modelOf } from "../reports/matching.js";
import { unpricedWarnings } from "../reports/not-priced.js";
import { sumSpend } from "../reports/sum.js";
import { tagsOf } from "../reports/tags.js";
import { type BudgetAnswers, seriesOf } from "./ask.js";
import {
  addedTo,
  chargesByDay,
  crossingDay,
  knownDays,
  paceByDay,
  recordedByDay,
  totalThrough,
} from "./days.js";
import { budgetSpan } from "./period.js";

/** How a budget stands. Amounts are decimal strings in the currency of the budget. */
export interface BudgetState extends Budget {
  /** The period that today is in, ends included. */
  from: string;
  to: string;
  /** From the first day to today; null if nothing is known of these days. */
  spent: string | null;
  /** What is left; below zero if it is exceeded. */
  left: string | null;
  /** What is spent, as a share of the budget. */
  percent: string | null;
  /** Null if nothing is known. */
  exceeded: boolean | null;
  /** Some of it is estimated. */
  is_estimated: boolean;
  /** Tokens without a price come on top. */
  is_least: boolean;
  /** How many of the days so far all providers tell of. */
  days_with_data: number;
  days_so_far: number;
  /** The last day with data; null if none is known. */
  data_to: string | null;
  /** What the period comes to if it goes on like this, with renewals to come; null if no day has data. */
  pace: string | null;
  /** What it comes to by a stored forecast of the last week; null without one. */
  expected: string | null;
  /** The forecast that `expected` and the crossing are by. */
  forecast: BudgetForecast | null;
  /** When it is exceeded: null if it is not expected to be. */
  crossing: { day: string; by: "records" | "forecast" | "pace" } | null;
  /** What most of the spend so far goes to. */
  driver: BudgetDriver | null;
  warnings: string[];
}

export interface BudgetForecast extends Pick<
  StoredForecast,
  "made_at" | "model_version" | "training_data_end"
> {
  /** Null for all spend. */
  provider: string | null;
}

export interface BudgetDriver {
  provider: string;
  /** Null for plans, fees and other spend without a model. */
  model: string | null;
  cost: string;
  /** Of what is spent. */
  percent: string | null;
}

/** @param day today, in the user's time zone */
export const budgetStates = (answers: BudgetAnswers, day: string): BudgetState[] =>
  answers.budgets.map((budget) => budgetState(budget, answers, day));

const budgetState = (budget: Budget, answers: BudgetAnswers, day: string): BudgetState => {
  const span = budgetSpan(budget, day);
  try {
    return knownState(budget, answers, span, day);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "currency_rate_missing") throw error;
    const hint = (error.hint ?? "").split("\n").join(". ");
    const why = `${error.message} ${hint}`.trim();
    return { ...unknownState(budget, span), warnings: [why] };
  }
};

/** Whether a budget is not known because its currency has no rate: else at least one of its days has begun. */
export const lacksRate = ({ days_so_far }: BudgetState): boolean => days_so_far === 0;

const unknownState = (budget: Budget, span: Span): BudgetState => ({
  ...budget,
  ...span,
  ...{ spent: null, left: null, percent: null, exceeded: null, is_estimated: false, is_least: false },
  ...{ days_with_data: 0, days_so_far: 0, data_to: null, pace: null, expected: null, forecast: null },
  ...{ crossing: null, driver: null, warnings: [] },
});

const knownState = (budget: Budget, answers: BudgetAnswers, span: Span, day: string): BudgetState => {
  const coverage = coverageFor(budget, answers.coverage);
  const exchange = exchangeOf(budget, answers);
  const rows = rowsOf(budget, answers, span).map((row) => exchange(row, row.date < day ? row.date : day));
  const past = rows.filter(({ date }) => date <= day);
  const soFar = { from: span.from, to: day };
  const covered = together(knownProviders(coverage).map(([, spans]) => within(spans, soFar)));
  const { known, begun } = knownDays(coverage, span, day);
  const facts = {
    ...unknownState(budget, span),
    ...{ days_with_data: known, days_so_far: begun, data_to: covered.at(-1)?.[1] ?? null },
    warnings: [
      ...unpricedWarnings(past),
      ...missingWarnings(coverageOf(coverage, soFar), coverage, soFar, day),
    ],
  };
  if (past.length === 0 && covered.length === 0) return facts;
  const limit = decimal(budget.amount);
  const spent = past.reduce((total, { cost_usd }) => total.plus(cost_usd), ZERO);
  const { estimated_usd, unpriced_tokens } = sumSpend(past);
  return {
    ...facts,
    spent: plain(toScale(spent)),
    left: plain(toScale(limit.minus(spent))),
    percent: percentOf(spent, limit),
    exceeded: spent.gt(limit),
    is_estimated: !decimal(estimated_usd).eq(0),
    is_least: unpriced_tokens > 0,
    ...aheadOf({ budget, answers, coverage, span, day, rows, limit, exchange }),
    driver: driverOf(past, spent),
  };
};

interface Looked {
  budget: Budget;
  answers: BudgetAnswers;
  coverage: Coverage;
  span: Span;
  day: string;
  /** Of the period, in the currency. */
  rows: readonly DailySpend[];
  limit: Decimal;
  exchange: Convert;
}

/** What the rest of the period is likely to bring. */
const aheadOf = (looked: Looked): Pick<BudgetState, "pace" | "expected" | "forecast" | "crossing"> => {
  const { coverage, span, day, rows, limit } = looked;
  const recorded = recordedByDay(rows);
  const charges = comingCharges(looked);
  const paced = paceByDay(rows, coverage, span, day);
  const byPace = paced && addedTo(recorded, [...paced, ...chargesByDay(charges)]);
  const forecast = forecastOf(looked);
  const expected =
    forecast && expectedSpend(forecast.converted, span, { days: rows, coverage, date: day, charges });
  const byForecast =
    expected &&
    addedTo(recorded, [
      ...expected.open.flatMap(({ date, recorded, expected }): [string, Decimal][] =>
        expected.gt(recorded) ? [[date, expected.minus(recorded)]] : [],
      ),
      ...chargesByDay(charges),
    ]);
  const sumOf = (costs: ReadonlyMap<string, Decimal> | null): string | null =>
    costs && plain(toScale(totalThrough(costs, span.to)));
  const sofar = crossingDay(recorded, { from: span.from, to: day }, limit);
  const likely = byForecast ?? byPace;
  const later = likely && crossingDay(likely, span, limit);
  return {
    pace: sumOf(byPace),
    expected: sumOf(byForecast),
    forecast: byForecast && forecast.facts,
    crossing:
      sofar !== null
        ? { day: sofar, by: "records" }
        : later === null
          ? null
          : { day: later, by: byForecast ? "forecast" : "pace" },
  };
};

/** The stored forecast that is of just what the budget is of, if it is fresh; in the currency, at the rate of today. */
const forecastOf = ({
  budget,
  answers,
  day,
  exchange,
}: Looked): { converted: StoredForecast; facts: BudgetForecast } | null => {
  const series = seriesOf(budget);
  const forecast = series === null ? null : (answers.forecasts[series] ?? null);
  if (forecast === null || !isFresh(forecast, day)) return null;
  const { made_at, model_version, training_data_end } = forecast;
  const days = forecast.days.map(
    ([date, ...costs]) => [date, ...costs.map((usd) => exchange.amount(usd, day))] as never,
  );
  return {
    converted: { ...forecast, days },
    facts: { made_at, model_version, training_data_end, provider: series || null },
  };
};

/** Renewals after today that count in the budget: they have no model, project or tag of a project. */
const comingCharges = ({ budget, answers, day, span, exchange }: Looked): KnownCharge[] => {
  const { providers, models, projects, tags, kinds } = budget;
  if (models.length > 0 || projects.length > 0) return [];
  if (kinds.length > 0 && !kinds.includes("subscription")) return [];
  const tagOf = tags.length === 0 ? null : tagsOf(answers.preferences.metadata.tags ?? [], answers.names);
  return answers.charges.flatMap(({ provider, due_on, usd }) => {
    const isMeant =
      due_on > day &&
      due_on <= span.to &&
      (providers.length === 0 || providers.includes(provider)) &&
      (tagOf === null || isTagged(tagOf, { provider, account: null, project: null, api_key: null }, tags));
    return isMeant && usd !== null ? [{ date: due_on, usd: exchange.amount(usd, day) }] : [];
  });
};

const isTagged = (
  tagOf: ReturnType<typeof tagsOf>,
  row: Pick<DailySpend, "provider" | "account" | "project" | "api_key">,
  tags: readonly string[],
): boolean => tags.includes(tagOf(row as DailySpend) ?? "");

type Convert = ((row: DailySpend, day: string) => DailySpend) & {
  amount: (usd: string, day: string) => string;
};

/** @throws UserError `currency_rate_missing` when it is used */
const exchangeOf = ({ currency }: Budget, { rates }: BudgetAnswers): Convert => {
  if (currency === "USD") return Object.assign((row: DailySpend) => row, { amount: (usd: string) => usd });
  const exchange = new Exchange(currency, rates[currency] ?? { undated: null, set: [], ecb: [] });
  return Object.assign((row: DailySpend, day: string) => exchange.shown(row, day), {
    amount: (usd: string, day: string) => exchange.amount(usd, day),
  });
};

/** Only the providers that the budget is about. */
const coverageFor = ({ providers }: Budget, coverage: Coverage): Coverage =>
  providers.length === 0
    ? coverage
    : {
        ...coverage,
        providers: Object.fromEntries(
          Object.entries(coverage.providers).filter(([name]) => providers.includes(name)),
        ),
      };

/** The rows of a period that count in the budget. */
const rowsOf = (
  { providers, models, projects, tags, kinds }: Budget,
  { rows, names, preferences }: BudgetAnswers,
  { from, to }: Span,
): DailySpend[] => {
  const filters: SpendFilters = {
    ...{ providers, models, kinds },
    ...(projects.length > 0 && { who: { project: projects } }),
  };
  const isWanted = matching(filters, names);
  const tagOf = tags.length === 0 ? null : tagsOf(preferences.metadata.tags ?? [], names);
  return rows.filter(
    (row) =>
      row.date >= from && row.date <= to && isWanted(row) && (tagOf === null || isTagged(tagOf, row, tags)),
  );
};

const driverOf = (rows: readonly DailySpend[], spent: Decimal): BudgetDriver | null => {
  const groups = groupsOf(rows, (row) => JSON.stringify([row.provider, modelOf(row)])).map((group) => ({
    provider: group[0].provider,
    model: modelOf(group[0]),
    cost: group.reduce((total, { cost_usd }) => total.plus(cost_usd), ZERO),
  }));
  const [most] = groups.toSorted((a, b) => b.cost.cmp(a.cost));
  if (most === undefined || most.cost.lte(0)) return null;
  return { ...most, cost: plain(toScale(most.cost)), percent: percentOf(most.cost, spent) };
};
