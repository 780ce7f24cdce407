import type { Rule } from "eslint";

/** ESLint rule: the borders between the folders of `src/`, and one package in one file. */
export const borders: Rule.RuleModule;
