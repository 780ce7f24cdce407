import type { DailySpend, Names, TagRule } from "../api.js";
import { UserError } from "../errors.js";
import { didYouMean, nearest } from "../nearest.js";
import { wholePattern } from "./patterns.js";
import { isCalled } from "./who.js";

/** Characters of a tag. */
const LONGEST = 100;

/**
 * The tag of spend: that of the first rule that it fits; null if it fits none.
 * @param names what accounts, projects and keys are called that have an id
 */
export const tagsOf = (rules: readonly TagRule[], names: Names): ((day: DailySpend) => string | null) => {
  const tests = rules.map((rule) => ({ ...rule, fits: wholePattern(rule.pattern) }));
  return (day) =>
    tests.find(({ field, fits }) =>
      field === "provider" ? fits.test(day.provider) : isCalled(names, field, day[field], fits),
    )?.tag ?? null;
};

/** @throws UserError `bad_tag` */
export const parseTag = (text: string): string => {
  const tag = text.trim();
  if (tag !== "" && Array.from(tag).length <= LONGEST && !/[\p{Cc}\p{Cf}]/u.test(tag)) return tag;
  throw new UserError(
    "bad_tag",
    "A tag is 1 to 100 characters.",
    "For example: aicost tags add client-x --project 'acme-*'",
  );
};

/** Adds rules at the end. A rule that already exists keeps its place. */
export const withRules = (rules: readonly TagRule[], added: readonly TagRule[]): TagRule[] => {
  const keyOf = ({ tag, field, pattern }: TagRule): string => JSON.stringify([tag, field, pattern]);
  return [...new Map([...rules, ...added].map((rule) => [keyOf(rule), rule])).values()];
};

/** Without the rules of a tag. @throws UserError `tag_unknown` */
export const withoutTag = (rules: readonly TagRule[], tag: string): TagRule[] => {
  const left = rules.filter((rule) => rule.tag !== tag);
  if (left.length < rules.length) return left;
  const meant = nearest(tag, [...new Set(rules.map((rule) => rule.tag))]);
  throw new UserError(
    "tag_unknown",
    `There is no tag “${tag}”.`,
    `${didYouMean(meant)}See them with: aicost tags`,
  );
};
