import { describe, expect, it } from "vitest";
import { checkProviders, parseFilters } from "../../src/lib/reports/filters.js";

const known = [{ name: "openai" }, { name: "anthropic" }, { name: "groq" }];

describe("parseFilters", () => {
  it("takes providers in any case, and models as they are", () => {
    expect(parseFilters({ providers: ["OpenAI "], models: ["GPT*"] })).toEqual({
      providers: ["openai"],
      models: ["GPT*"],
    });
  });

  it.each([
    [{ providers: [""], models: [] }, "--provider has no value."],
    [{ providers: [], models: ["gpt", " "] }, "--model has no value."],
  ])("refuses %j, which would count everything or nothing", (flags, message) => {
    expect(() => parseFilters(flags)).toThrow(
      expect.objectContaining({ code: "filter_empty", exit: 2, message }),
    );
  });
});

describe("checkProviders", () => {
  it("lets known providers pass, and none", () => {
    expect(() => checkProviders({ providers: ["groq", "openai"] }, known)).not.toThrow();
    expect(() => checkProviders({}, known)).not.toThrow();
  });

  it("refuses a name that no provider has, and says which may be meant", () => {
    expect(() => checkProviders({ providers: ["openai", "antropic"] }, known)).toThrow(
      expect.objectContaining({
        code: "provider_unknown",
        exit: 4,
        message: "There is no provider “antropic”.",
        hint: "Did you mean --provider anthropic? See all with: aicost providers",
      }),
    );
    expect(() => checkProviders({ providers: ["zzzzzzzzzz"] }, known)).toThrow(
      expect.objectContaining({ hint: "See all with: aicost providers" }),
    );
  });
});
