import { decimal, formatUsd } from "../money.js";
import type { Explanation } from "./explain.js";
import type { ModelChange, Part, PartName } from "./parts.js";

/** What a change is called, by whether it costs more or less. */
const PART_NAMES: Record<PartName, { more: string; less: string }> = {
  volume: { more: "More tokens", less: "Fewer tokens" },
  price: { more: "Higher prices", less: "Lower prices" },
  mix: { more: "More of the dearer models", less: "More of the cheaper models" },
  new: { more: "Models that are new", less: "Models that are new" },
  gone: { more: "Models no longer used", less: "Models no longer used" },
  without_tokens: { more: "Usage without tokens", less: "Usage without tokens" },
  subscription: { more: "Plans", less: "Plans" },
  fee: { more: "Fees", less: "Fees" },
  tax: { more: "Taxes", less: "Taxes" },
  credit: { more: "Refunds and credits", less: "Refunds and credits" },
};

/** What a part of a change is called. */
export const partName = ({ part, change_usd }: Part): string =>
  PART_NAMES[part][decimal(change_usd).gt(0) ? "more" : "less"];

/** The parts that are not zero, the largest first. */
export const toldParts = ({ parts }: Explanation): Part[] =>
  parts
    .filter(({ change_usd }) => !decimal(change_usd).eq(0))
    .toSorted((a, b) => decimal(b.change_usd).abs().cmp(decimal(a.change_usd).abs()));

/** `More tokens: +$18.20, most of it claude-opus-5 at anthropic (+$17.00).`; null if nothing costs more. */
export const reasonFor = (explanation: Explanation): string | null => {
  const [part] = toldParts(explanation).filter(({ change_usd }) => decimal(change_usd).gt(0));
  if (part === undefined) return null;
  const model = explanation.models.find(({ change_usd }) => decimal(change_usd).gt(0));
  const most = model === undefined ? "" : `, most of it ${nameOf(model)} (${more(model.change_usd)})`;
  return `${partName(part)}: ${more(part.change_usd)}${most}.`;
};

/** Why one model costs more than on a usual day; null if it does not. */
export const reasonForModel = (explanation: Explanation, provider: string, model: string): string | null => {
  const change = explanation.models.find((each) => each.provider === provider && each.model === model);
  if (change === undefined || !decimal(change.change_usd).gt(0)) return null;
  const { presence, volume_usd, price_usd, mix_usd } = change;
  if (presence === "new") return "It is new: the four weeks before do not have it.";
  const parts: Part[] = [
    { part: "volume", change_usd: volume_usd ?? "0" },
    { part: "price", change_usd: price_usd ?? "0" },
    { part: "mix", change_usd: mix_usd ?? "0" },
  ];
  const [most] = parts
    .filter(({ change_usd }) => decimal(change_usd).gt(0))
    .toSorted((a, b) => decimal(b.change_usd).cmp(a.change_usd));
  if (most === undefined) return null;
  // Of a single model, the mix is what it grew by beyond all others.
  const name = most.part === "mix" ? "More of its tokens than of others" : partName(most);
  return `${name}: ${more(most.change_usd)}.`;
};

const nameOf = ({ provider, model }: ModelChange): string => `${model ?? "(no model)"} at ${provider}`;

const more = (usd: string): string => `+${formatUsd(usd)}`;
