import type { DailySpend, Names, TagRule } from "../api.js";
import { UserError } from "../errors.js";
import { nearest } from "../nearest.js";
import { wholePattern } from "./patterns.js";
import { nameOf } from "./who.js";

/** Characters of a tag. */
const LONGEST = 100;

/**
 * The tag of spend: that of the first rule that it fits; null if it fits none.
 * @param names what accounts, projects and keys are called that have an id
 */
export const tagsOf = (rules: readonly TagRule[], names: Names): ((day: DailySpend) => string | null) => {
  const tests = rules.map(({ tag, field, pattern }) => {
    const fits = wholePattern(pattern);
    return {
      tag,
      isOf: (day: DailySpend): boolean => {
        const id = day[field];
        if (id === null) return false;
        return fits.test(id) || (field !== "provider" && fits.test(nameOf(names, field, id)));
      },
    };
  });
  return (day) => tests.find(({ isOf }) => isOf(day))?.tag ?? null;
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

/** With these rules behind what is there; a rule that is there stays where it is. */
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
    `${meant.length > 0 ? `Did you mean ${meant.join(" or ")}? ` : ""}See them with: aicost tags`,
  );
};
