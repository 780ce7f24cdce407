import { describe, expect, it } from "vitest";
import Report from "../../src/commands/report.js";
import Tags from "../../src/commands/tags/index.js";
import TagsAdd from "../../src/commands/tags/add.js";
import TagsRemove from "../../src/commands/tags/remove.js";
import type { TagRule } from "../../src/lib/api.js";
import { plain, sum } from "../../src/lib/money.js";
import { answer, type Home, newHome, refusal, runCommand, sample } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { imported, reported } from "./answers.js";

keepDatabasesOpen();

const rulesOf = async (home: Home): Promise<readonly TagRule[]> =>
  (await answer<{ rules: TagRule[] }>(Tags, [], home)).rules;

const costs = async (home: Home) => {
  const { rows, totals } = await reported(home, "--by", "tag");
  expect(plain(sum(rows.map(({ cost_usd }) => cost_usd)))).toBe(totals.cost_usd);
  return Object.fromEntries(rows.map(({ tag, cost_usd }) => [String(tag), cost_usd]));
};

describe("tags", () => {
  it("hold for what is imported already, by names, ids and globs, and the first rule counts", async () => {
    const home = newHome();
    await imported(home, sample("anthropic_cost_2026_08.csv"), sample("openai_cost_2026_by_line_item.csv"));
    const { totals } = await reported(home);
    expect(await costs(home)).toEqual({ null: totals.cost_usd });

    await answer(TagsAdd, ["client-x", "--key", "demo-*", "--project", "alpha"], home);
    await answer(TagsAdd, ["client-y", "--provider", "anthropic", "--project", "Beta, staging"], home);
    const tagged = await costs(home);
    expect(Object.keys(tagged).sort()).toEqual(["client-x", "client-y"]);
    const { rows } = await reported(home, "--by", "key", "--provider", "anthropic");
    const others = rows.filter(({ api_key }) => !String(api_key).startsWith("demo-"));
    const beta = await reported(home, "--project", "Beta, staging");
    expect(tagged["client-y"]).toBe(
      plain(sum([beta.totals.cost_usd, ...others.map(({ cost_usd }) => cost_usd)])),
    );

    await answer(TagsRemove, ["client-x"], home);
    expect(Object.keys(await costs(home)).sort()).toEqual(["client-y", "null"]);
  });

  it("show in a table, with what has none", async () => {
    const home = newHome();
    await imported(home, sample("anthropic_cost_2026_08.csv"));
    await answer(TagsAdd, ["shop", "--key", "demo-*"], home);
    const { stdout } = await runCommand(Report, ["--range", "all", "--by", "tag"], home);
    expect(stdout).toMatch(/^shop +\$1,235\.40/m);
    expect(stdout).toMatch(/^\(none\) +\$0\.10/m);
    expect((await runCommand(Tags, [], home)).stdout).toMatch(/^shop +key +demo-\*$/m);
  });

  it("are not added twice, and need a rule and a name", async () => {
    const home = newHome();
    await answer(TagsAdd, ["shop", "--project", "a"], home);
    await answer(TagsAdd, ["shop", "--project", "a", "--project", "b"], home);
    expect((await rulesOf(home)).map(({ pattern }) => pattern)).toEqual(["a", "b"]);
    expect(await refusal(TagsAdd, ["shop"], home)).toMatchObject({ code: "tag_empty", exit: 2 });
    expect(await refusal(TagsAdd, [" ", "--project", "a"], home)).toMatchObject({ code: "bad_tag", exit: 2 });
    expect(await refusal(TagsRemove, ["shopp"], home)).toMatchObject({
      code: "tag_unknown",
      exit: 4,
      hint: "Did you mean shop? See them with: aicost tags",
    });
  });
});
