import { expect, it } from "vitest";
import { daysAfter } from "../../src/lib/dates/days.js";
import { fileIn, type Home, jsonOf, newHome } from "../support/cli.js";
import { project, run, signIn } from "./accounts.js";

const today = new Date().toISOString().slice(0, 10);

/** A home of a new user, signed in. */
const signedIn = async (): Promise<Home> => {
  const home = newHome();
  await signIn(home, await project.newUser());
  return home;
};

const succeed = async (words: readonly string[], home: Home): Promise<string> => {
  const outcome = await run(words, home);
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return outcome.stdout;
};

const listed = async (home: Home) =>
  jsonOf<{ forecasts: unknown[]; total: number }>(await run(["forecast", "list", "--json"], home));

it("a project keeps forecasts: today and the prompt expect them, an archive carries them, and they are removed", async () => {
  const home = await signedIn();
  const rows = Array.from({ length: 40 }, (_, at) => `${daysAfter(today, at - 40)},${10 + (at % 3)}`);
  const file = fileIn(home, "spend.csv", ["when,usd", ...rows].join("\n"));
  await succeed(["import", file, "--map", "date=when,cost=usd", "--provider", "openai"], home);
  expect(await succeed(["today"], home)).not.toContain("expected");
  await succeed(["forecast", "--by", "provider"], home);
  const line = await succeed(["today"], home);
  expect(line).toMatch(/expected \$\d+/);
  // Without a request.
  expect(await succeed(["prompt"], home)).toBe(line);
  expect(await listed(home)).toMatchObject({
    total: 1,
    forecasts: [
      { training_data_end: daysAfter(today, -1), series: [{ provider: null }, { provider: "openai" }] },
    ],
  });

  const archive = `${home.folder}/all.ndjson`;
  await succeed(["export", "--output", archive], home);
  const [another, local] = [await signedIn(), newHome()];
  for (const target of [another, local]) {
    await succeed(["import", archive, ...(target === another ? ["--from-other-user"] : [])], target);
    expect(await listed(target)).toEqual(await listed(home));
    expect(await succeed(["today"], target)).toBe(line);
    // The same history is not stored twice.
    await succeed(["forecast"], target);
    expect(await listed(target)).toMatchObject({ total: 1 });
  }

  await succeed(["forecast", "remove", daysAfter(today, -1), "--yes"], home);
  expect(await succeed(["today"], home)).not.toContain("expected");
  expect(await listed(home)).toEqual({ forecasts: [], total: 0 });
  expect(await listed(another)).toMatchObject({ total: 1 });
});
