/**
 * The providers that have an export of what they charged, as in the hint where tokens have no price. A list of its own,
 * because a report would start slower if it asked the formats, which bring the reader of CSV with them.
 */
export const COST_EXPORTS: ReadonlySet<string> = new Set(["anthropic", "openai"]);
