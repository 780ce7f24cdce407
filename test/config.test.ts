import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { changeConfig, readConfig } from "../src/lib/config/config.js";
import { fileIn, newHome, ROOT } from "./support/cli.js";

const PROCESSES = 3;
const CHANGES = 40;

/** A process that changes the config file many times: each time it adds a mapping of a name of its own. */
const changer = async (configDir: string, which: number): Promise<number | null> => {
  const code = `
    const { changeConfig } = await import(${JSON.stringify(path.join(ROOT, "dist/lib/config/config.js"))});
    for (let count = 0; count < ${CHANGES}; count++) {
      changeConfig(${JSON.stringify(configDir)}, ({ maps }) => (maps["${which}-" + count] = { columns: {} }));
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], { stdio: "inherit" });
  const [exit] = (await once(child, "close")) as [number | null];
  return exit;
};

it("the config file loses no change of processes that change it at once", async () => {
  const { configDir } = newHome();
  const exits = await Promise.all(Array.from({ length: PROCESSES }, (_, which) => changer(configDir, which)));
  expect(exits).toEqual(exits.map(() => 0));
  expect(Object.keys(readConfig(configDir).maps)).toHaveLength(PROCESSES * CHANGES);
  expect(readdirSync(configDir).sort()).toEqual(["config.json", "config.json.lock"]);
});

it("the config file stays as it is where a change is refused", () => {
  const { configDir } = newHome();
  changeConfig(configDir, (config) => (config.profile = "work"));
  const refuse = (): void => {
    throw new Error("no");
  };
  expect(() => changeConfig(configDir, refuse)).toThrow("no");
  expect(readConfig(configDir).profile).toBe("work");
});

it("the config file says where vaults are kept", () => {
  const { configDir } = newHome();
  changeConfig(configDir, (config) => (config.vaults = { someone: { kept: "keychain" } }));
  expect(readConfig(configDir).vaults).toEqual({ someone: { kept: "keychain" } });
});

it.each([
  [[], "“vaults” must be an object"],
  [{ someone: "keychain" }, "“someone” in “vaults” is not a vault"],
  [{ someone: { kept: "cloud" } }, "“someone” in “vaults” is not a vault"],
])("the config file is refused with the vaults %j", (vaults, why) => {
  const home = newHome();
  fileIn(home, "config/config.json", JSON.stringify({ vaults }));
  expect(() => readConfig(home.configDir)).toThrow(
    expect.objectContaining({ exit: 4, code: "config_broken" }),
  );
  expect(() => readConfig(home.configDir)).toThrow(why);
});
