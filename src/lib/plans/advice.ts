import { type Decimal, counted, decimal, formatUsd, plain, quotient, toScale, ZERO } from "../money.js";
import type { ListedSubscription } from "../subscriptions/totals.js";
import { findPlan, listPriceOn, type Plan, planProvider, plansOf } from "../subscriptions/plans.js";
import { limitsOf, LIMITS_DATE } from "./limits.js";
import { asMonth, type PlanUse } from "./use.js";

/** A way to pay for the same use. Amounts are US dollars a month, tax included as in the subscription. */
export interface PlanOption {
  /** The plan that is paid, another one of its provider, or the API's list price. */
  kind: "current" | "plan" | "api";
  /** Null for the API. */
  plan: string | null;
  name: string;
  /** Null for the API. */
  price_usd: string | null;
  /** What is included, at API list price; null if the provider does not say it in money. */
  allowance_usd: string | null;
  /** How its limits compare, in words; null if nothing is known. */
  limits: string | null;
  /** What this use would have cost at least and at most; equal if it is known. */
  least_usd: string;
  most_usd: string;
}

export interface PlanAdvice {
  /** Of the subscription. */
  name: string;
  provider: string;
  plan: string;
  /** Null if no use was seen. */
  use: PlanUse | null;
  /** A month of use at API list price, and what was charged beyond the plan of it; null without use. */
  worth_usd: string | null;
  extra_usd: string | null;
  /** What a dollar of the price gave, at API list price, with two decimals; null without use, or if the plan is free. */
  worth_per_dollar: string | null;
  /** The paid plan first, then others by price, then the API. */
  options: PlanOption[];
  /** What may be done; never more than a suggestion. */
  suggestion: {
    about: "cheaper" | "perhaps" | "keep" | "too_little_use" | "nothing_seen" | "not_known";
    /** Whole sentences. */
    says: string;
  };
  /** Whole sentences. */
  assumptions: string[];
  not_seen: string[];
}

/** With fewer days of use nothing is suggested. */
export const LEAST_DAYS = 14;

interface Known {
  subscription: ListedSubscription;
  use: PlanUse | null;
  /** Whether anything tells of the use: a scan of an agent's log, or an import or sync of the provider. */
  isTold: boolean;
  /** How many subscriptions of the provider go on. */
  ofProvider: number;
  today: string;
}

/** What a plan gave for its price, and what others would have cost. It never guesses what a plan includes. */
export const adviceOn = (known: Known): PlanAdvice => {
  const { subscription, use } = known;
  const { name, provider, plan, monthly_usd } = subscription;
  const price = monthly_usd === null ? null : decimal(monthly_usd);
  const months = use === null ? [] : monthsIn(use);
  const worth = months.length === 0 ? null : mean(months.map((month) => month.included.plus(month.extra)));
  const extra = months.length === 0 ? null : mean(months.map((month) => month.extra));
  const options = price === null || months.length === 0 ? [] : optionsOf(known, price, months);
  return {
    ...{ name, provider, plan, use },
    worth_usd: textOf(worth),
    extra_usd: textOf(extra),
    worth_per_dollar:
      worth === null || extra === null || price === null || price.eq(0)
        ? null
        : quotient(worth.minus(extra), price).toFixed(2),
    options,
    suggestion: suggestionOf(known, options),
    assumptions: months.length === 0 ? [] : assumptionsOf(known),
    not_seen: notSeen(known),
  };
};

interface Month {
  included: Decimal;
  extra: Decimal;
}

const monthsIn = ({ months }: PlanUse): Month[] =>
  months.map(({ included_usd, extra_usd, days }) => ({
    included: asMonth(included_usd, days),
    extra: asMonth(extra_usd, days),
  }));

const mean = (amounts: readonly Decimal[]): Decimal =>
  toScale(
    quotient(
      amounts.reduce((total, amount) => total.plus(amount), ZERO),
      decimal(String(amounts.length)),
    ),
  );

const textOf = (amount: Decimal | null): string | null => (amount === null ? null : plain(toScale(amount)));

const optionsOf = (known: Known, price: Decimal, months: readonly Month[]): PlanOption[] => {
  const { subscription } = known;
  const { provider, plan } = subscription;
  const paid = price.plus(mean(months.map(({ extra }) => extra)));
  const worth = mean(months.map(({ included, extra }) => included.plus(extra)));
  const current: PlanOption = {
    ...{ kind: "current", plan, name: findPlan(provider, plan)?.name ?? subscription.name },
    price_usd: plain(toScale(price)),
    allowance_usd: seated(limitsOf(provider, plan).usd_a_month, subscription.seats),
    limits: limitsOf(provider, plan).limits,
    least_usd: plain(paid),
    most_usd: plain(paid),
  };
  const api: PlanOption = {
    ...{
      kind: "api",
      plan: null,
      name: "API at list price",
      price_usd: null,
      allowance_usd: null,
      limits: null,
    },
    least_usd: plain(worth),
    most_usd: plain(worth),
  };
  return [current, ...others(known, price, months), api];
};

/** Plans of the same provider that are sold in the same way and currency, by their price. */
const others = (known: Known, price: Decimal, months: readonly Month[]): PlanOption[] => {
  const { subscription, today } = known;
  const { provider, plan } = subscription;
  const own = findPlan(provider, plan);
  const found = plansOf(provider).flatMap((each): { option: PlanOption; cost: Decimal }[] => {
    const cost = monthlyOf(each, subscription, today);
    const isAlike = own === undefined || own.per === each.per;
    const isSoldSo = (each.min_seats ?? 1) <= subscription.seats;
    if (each.plan === plan || cost === null || !isAlike || !isSoldSo) return [];
    return [{ cost, option: optionOf(each, known, { cost, price, months }) }];
  });
  return found.toSorted((a, b) => a.cost.cmp(b.cost)).map(({ option }) => option);
};

/** In US dollars, of all seats and with tax; null if there is no list price, or it is in another currency. */
const monthlyOf = (
  plan: Plan,
  { period, seats, tax_percent }: ListedSubscription,
  today: string,
): Decimal | null => {
  if (plan.prices.some(({ currency }) => currency !== "USD")) return null;
  const yearly = period === "year" ? listPriceOn(plan, "year", today) : null;
  const monthly = yearly === null ? listPriceOn(plan, "month", today) : null;
  const seat =
    yearly === null ? (monthly === null ? null : decimal(monthly)) : quotient(decimal(yearly), decimal("12"));
  if (seat === null) return null;
  return toScale(
    seat
      .times(seats)
      .times(decimal(tax_percent ?? "0").plus(100))
      .div(100),
  );
};

const seated = (usd: string | null, seats: number): string | null =>
  usd === null ? null : plain(decimal(usd).times(seats));

interface Compared {
  cost: Decimal;
  /** Of the plan that is paid. */
  price: Decimal;
  months: readonly Month[];
}

const optionOf = (plan: Plan, { subscription }: Known, { cost, price, months }: Compared): PlanOption => {
  const { usd_a_month, limits } = limitsOf(plan.provider, plan.plan);
  const allowance_usd = seated(usd_a_month, subscription.seats);
  const about = {
    ...{ kind: "plan" as const, plan: plan.plan, name: plan.name },
    price_usd: plain(cost),
    ...{ allowance_usd, limits },
  };
  if (allowance_usd !== null) {
    const beyond = mean(
      months.map(({ included, extra }) => {
        const rest = included.plus(extra).minus(allowance_usd);
        return rest.gt(0) ? rest : ZERO;
      }),
    );
    const usd = plain(cost.plus(beyond));
    return { ...about, least_usd: usd, most_usd: usd };
  }
  // A dearer plan holds what the paid one held. What it holds of the rest, and what a cheaper one holds, is not known.
  const isDearer = cost.gte(price);
  const most = mean(months.map(({ included, extra }) => (isDearer ? extra : included.plus(extra))));
  return { ...about, least_usd: plain(cost), most_usd: plain(cost.plus(most)) };
};

const suggestionOf = (known: Known, options: readonly PlanOption[]): PlanAdvice["suggestion"] => {
  const { subscription, use, ofProvider } = known;
  const { name, provider } = subscription;
  const shown = planProvider(provider)?.display_name ?? provider;
  if (use === null) return { about: "nothing_seen", says: nothingSeen(known) };
  if (use.days_of_use < LEAST_DAYS)
    return {
      about: "too_little_use",
      says: `Only ${counted(use.days_of_use, "day")} of use are known in the last 90: from ${LEAST_DAYS} on, aicost suggests something.`,
    };
  const [current, ...rest] = options;
  if (current === undefined)
    return {
      about: "not_known",
      says: `The price of ${name} in US dollars is not known: it has no exchange rate.`,
    };
  if (ofProvider > 1)
    return {
      about: "not_known",
      says: `You have ${ofProvider} subscriptions of ${shown}, and nothing says which of them the use is of: so nothing is suggested.`,
    };
  const cost = decimal(current.least_usd);
  const lowest = (key: "least_usd" | "most_usd"): PlanOption | undefined =>
    rest
      .filter((option) => decimal(option[key]).lt(cost))
      .toSorted((a, b) => decimal(a[key]).cmp(decimal(b[key])))[0];
  const surely = lowest("most_usd");
  if (surely)
    return {
      about: "cheaper",
      says: `${surely.name} would have cost ${costText(surely)} a month for the same use, ${current.name} cost ${formatUsd(current.least_usd)}. You may want to look into it.`,
    };
  const perhaps = lowest("least_usd");
  if (perhaps)
    return {
      about: "perhaps",
      says: `${perhaps.name} might have been cheaper, at ${costText(perhaps)} a month: how much of this use it holds is not known.`,
    };
  return { about: "keep", says: `No cheaper way to pay for this use is known than ${current.name}.` };
};

/** `$20.00`, or `$20.00 to $85.00` if it is not known. */
export const costText = ({ least_usd, most_usd }: Pick<PlanOption, "least_usd" | "most_usd">): string =>
  least_usd === most_usd ? formatUsd(least_usd) : `${formatUsd(least_usd)} to ${formatUsd(most_usd)}`;

const nothingSeen = ({ subscription: { name, provider }, isTold }: Known): string => {
  const agents = planProvider(provider)?.agents ?? [];
  if (isTold) return `No use of ${name} is known in the last 90 days, though something tells of it.`;
  return agents.length > 0
    ? `The use of ${name} is not known: the logs of ${agents.join(" and ")} were not scanned. Scan them with: aicost scan`
    : `The use of ${name} is not known: nothing that was imported tells of it. See what can be imported with: aicost providers`;
};

const assumptionsOf = ({ subscription, use }: Known): string[] => {
  const { provider, seats, period, tax_percent } = subscription;
  const isShort = use !== null && use.months.length === 1 && (use.months[0]?.days ?? 30) < 30;
  const hasAllowance = plansOf(provider).some(({ plan }) => limitsOf(provider, plan).usd_a_month !== null);
  return [
    "The worth of what a plan covers is that of its tokens at API list price.",
    ...(isShort ? ["Use of less than 30 days is extrapolated to a month."] : []),
    ...(hasAllowance
      ? [`What a plan includes is that of ${LIMITS_DATE}, and use beyond it costs the list price.`]
      : [
          "How much a plan includes is not published in money: of a dearer plan, it is taken to hold at least as much; of a cheaper one, anything from nothing to all.",
        ]),
    "Other plans have their list price of today, without discounts and first months.",
    ...(tax_percent === null
      ? []
      : ["Plans are compared with your tax, the API's list price is without it."]),
    ...(period === "year" ? ["Yearly prices count by the month, where a plan has one."] : []),
    ...(seats > 1 ? [`All ${seats} seats are compared, but the use is that which this database knows.`] : []),
  ];
};

const notSeen = ({ subscription: { provider }, use }: Known): string[] => {
  const agents = planProvider(provider)?.agents ?? [];
  return [
    agents.length > 0
      ? "Use in apps and on the web, on machines that were not scanned, and of logs that were deleted before a scan."
      : "Use on days that no export or sync tells of.",
    ...(use !== null && use.unpriced_tokens > 0
      ? [`What ${counted(use.unpriced_tokens, "token")} without a price are worth.`]
      : []),
    ...(provider === "claude-desktop"
      ? ["API credit that a plan includes (Claude Max, Ultra and Team)."]
      : []),
  ];
};
