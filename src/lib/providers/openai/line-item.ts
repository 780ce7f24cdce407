/**
 * The model that a line item of a bill names: `evals | gpt-4o-mini-2024-07-18, cached input` →
 * `gpt-4o-mini-2024-07-18`. Items without a kind of token after the last comma (`web search tool calls`) name none.
 */
export const modelOfLineItem = (lineItem: string | null): string | null => {
  if (lineItem === null) return null;
  const end = lineItem.lastIndexOf(", ");
  if (end === -1) return null;
  const model = lineItem
    .slice(0, end)
    .replace(/^.*\| /, "")
    .replace(/ (?:text|audio|image)$/, "");
  return model === "" ? null : model;
};
