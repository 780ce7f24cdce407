import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";
import { borders } from "./scripts/lint-borders.js";

export default defineConfig(
  globalIgnores(["dist/"]),
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      // `Record<never, never>` is how the store's contract says "no arguments".
      "@typescript-eslint/no-generated-empty-object-type": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // A type parameter used once is how a caller says what its rows look like.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true, varsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    // Versions of Node that are too old read it, and are told so.
    files: ["bin/run.cjs"],
    languageOptions: { ecmaVersion: 2019, sourceType: "commonjs" },
  },
  {
    files: ["src/**/*.ts"],
    plugins: { aicost: { rules: { borders } } },
    rules: {
      "aicost/borders": "error",
      // Answers go through the base command, which knows about --json and --quiet.
      "no-console": "error",
    },
  },
  {
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
