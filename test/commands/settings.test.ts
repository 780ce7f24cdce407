import path from "node:path";
import { describe, expect, it } from "vitest";
import Prefs from "../../src/commands/prefs/index.js";
import Rates from "../../src/commands/rates/index.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import ProvidersAdd from "../../src/commands/providers/add.js";
import Providers from "../../src/commands/providers/index.js";
import type { Preferences, Provider } from "../../src/lib/api.js";
import { answer, newHome, refusal, runCommand, sharedHome } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";

const snapshot = (name: string): string => path.join(import.meta.dirname, "snapshots", name);

const refused = sharedHome();

keepDatabasesOpen();

describe("aicost prefs", () => {
  it("shows the settings, and those that were set", async () => {
    const home = newHome();
    const defaults = {
      currency: "USD",
      timezone: "UTC",
      theme: "system",
      default_date_range: "30d",
      email_notifications: false,
      forecast_enabled: true,
      metadata: {},
    };
    expect(await answer(Prefs, [], home)).toEqual({ preferences: defaults });
    await answer(PrefsSet, ["timezone", "Europe/Berlin"], home);
    await answer(PrefsSet, ["Range", "MTD"], home);
    await answer(PrefsSet, ["update-rates", "on"], home);
    const set = await answer<{ preferences: Preferences }>(PrefsSet, ["currency", "eur"], home);
    const changes = {
      timezone: "Europe/Berlin",
      default_date_range: "mtd",
      currency: "EUR",
      metadata: { update_rates: true },
    };
    expect(set).toEqual({ preferences: { ...defaults, ...changes } });
    expect(await answer(Prefs, [], home)).toEqual(set);
    const { stdout } = await runCommand(Prefs, [], home, { COLUMNS: "80" });
    await expect(stdout).toMatchFileSnapshot(snapshot("prefs.txt"));
  });

  it("takes rates as aicost rates does", async () => {
    const home = newHome();
    await answer(PrefsSet, ["rate.cny", "0.14"], home);
    await answer(PrefsSet, ["rate.EUR", "1.08"], home);
    await answer(PrefsSet, ["rate.CNY", "none"], home);
    const set = { currency: "EUR", usd: "1.08", date: null, source: "set" };
    expect(await answer(Rates, [], home)).toEqual({ rates: [set], ecb: null });
  });

  it.each([
    [["timezone", "Europe/Atlantis"], "bad_timezone", "“Europe/Atlantis” is not a time zone."],
    [["timezone", "+02:00"], "bad_timezone", "“+02:00” is not a time zone."],
    [["range", "lately"], "bad_range", "“lately” is not a range."],
    [["rate.CNY", "0"], "bad_rate", "“0” is not a rate for CNY."],
    [["rate.CNY", "x"], "bad_rate", "“x” is not a rate for CNY."],
    [["currency", "euro"], "bad_currency", "“euro” is not a currency."],
    [["update-rates", "maybe"], "unknown_preference", "“maybe” is neither on nor off."],
    [["theme", "dark"], "unused_preference", "Nothing uses the preference “theme” yet, so it cannot be set."],
    [["colour", "dark"], "unknown_preference", "There is no preference “colour”."],
    [["timezone"], "usage", expect.stringContaining("value")],
  ])("refuses to set %j", async (argv, code, message: unknown) => {
    const home = refused;
    expect(await refusal(PrefsSet, argv, home)).toMatchObject({
      exit: 2,
      code,
      message,
      hint: expect.any(String) as string,
    });
    expect(await answer(Prefs, [], home)).toMatchObject({
      preferences: { timezone: "UTC", default_date_range: "30d" },
    });
  });
});

describe("aicost providers", () => {
  it("lists what is known with the files that can be imported, and takes in one's own", async () => {
    const home = newHome();
    const added = await answer(ProvidersAdd, ["my-gateway", "--display-name", "My gateway"], home);
    expect(added).toMatchObject({
      provider: { name: "my-gateway", display_name: "My gateway", built_in: false },
    });
    const { providers } = await answer<{ providers: (Provider & { formats: string[] })[] }>(
      Providers,
      [],
      home,
    );
    const formats = Object.fromEntries(providers.map((provider) => [provider.name, provider.formats]));
    expect(formats).toMatchObject({
      openrouter: ["openrouter-activity", "openrouter-activity-daily"],
      groq: [],
      "my-gateway": [],
    });
    const { stdout } = await runCommand(Providers, [], home, { COLUMNS: "80" });
    await expect(stdout).toMatchFileSnapshot(snapshot("providers.txt"));
    expect(await refusal(ProvidersAdd, ["my-gateway"], home)).toMatchObject({
      exit: 4,
      code: "provider_exists",
    });
    expect(await refusal(ProvidersAdd, ["openai"], home)).toMatchObject({ exit: 4, code: "provider_exists" });
  });

  it("shows a provider without a display name by its name", async () => {
    const home = newHome();
    const { stdout, exit } = await runCommand(ProvidersAdd, ["local"], home);
    expect({ stdout, exit }).toEqual({
      stdout: "Added the provider local. Use it with: aicost add --provider local\n",
      exit: 0,
    });
    const { providers } = await answer<{ providers: Provider[] }>(Providers, [], home);
    expect(providers.at(-1)).toMatchObject({ name: "local", display_name: "local" });
  });

  it.each([
    [["My Gateway"], "provider_name"],
    [["x".repeat(101)], "provider_name"],
    [["ok", "--display-name", ""], expect.any(String)],
    [["ok", "--display-name", "x".repeat(201)], expect.any(String)],
    [[], "usage"],
  ])("refuses %j", async (argv, code: unknown) => {
    const home = refused;
    expect(await refusal(ProvidersAdd, argv, home)).toMatchObject({ exit: 2, code });
  });
});
