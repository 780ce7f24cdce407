import { expect, it } from "vitest";
import Prefs from "../../src/commands/prefs/index.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import ProvidersAdd from "../../src/commands/providers/add.js";
import { spendSource } from "../../src/lib/store/read-model/spend-source.js";
import { imported } from "../commands/answers.js";
import { answer, type Home, makeHome, newHome, removeHome, sample } from "./cli.js";
import { asOwner, homeWithDatabase, inOneOpening, keepDatabasesOpen, openHome } from "./open-database.js";
import { keep } from "./stored-keys.js";

keepDatabasesOpen();

/** Every row of every table, by the name of the table. */
const rowsOf = async (home: Home): Promise<Record<string, unknown>> => {
  const tables = `
    select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
    where relkind in ('r', 'm') and nspname in ('public', 'private', 'auth') order by 1`;
  const [found = []] = await asOwner(home, tables);
  const names = found.map(({ name }) => String(name));
  const rows = await asOwner(
    home,
    names.map((name) => `select to_jsonb(t) as row from ${name} t order by 1`).join(";"),
  );
  return Object.fromEntries(names.map((name, at) => [name, rows[at]]));
};

it("a database that stays open is for the next home as a new one", async () => {
  const used = makeHome();
  await imported(used, sample("openai_cost_2025.csv"));
  await answer(PrefsSet, ["timezone", "Pacific/Auckland"], used);
  await answer(ProvidersAdd, ["mine"], used);
  await keep(used, { provider: "anthropic", key: "sk-ant-admin01-x" });
  await asOwner(used, "create table public.extra as select 1 as one");
  const before = await rowsOf(used);
  removeHome(used);
  const next = newHome();
  await answer(Prefs, [], next);
  const fresh = await homeWithDatabase();
  const rows = await rowsOf(next);
  expect(rows).toEqual(await rowsOf(fresh));
  expect(rows).not.toEqual(before);
});

it("commands that share one opening leave what they leave one by one, and hold the database meanwhile", async () => {
  const [shared, single] = [await homeWithDatabase(), await homeWithDatabase()];
  const work = async (home: Home): Promise<unknown> => {
    await answer(ProvidersAdd, ["mine"], home);
    return answer(PrefsSet, ["timezone", "Pacific/Auckland"], home);
  };
  const answered = await inOneOpening(shared, async () => {
    await expect(inOneOpening(shared, () => Promise.resolve())).rejects.toMatchObject({
      code: "database_in_use",
    });
    return work(shared);
  });
  expect(answered).toEqual(await work(single));
  const known = async (home: Home) =>
    (await spendSource(home.dataDir, () => openHome(home))!.call("list_providers", {})).at(-1)?.name;
  expect(await known(shared)).toBe(await known(single));
  await (await openHome(shared)).close();
});
