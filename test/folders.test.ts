import { createRequire } from "node:module";
import path from "node:path";
import { Config } from "@oclif/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { userFolders } from "../src/lib/system/folders.js";
import { ROOT } from "./support/cli.js";

/** The framework asks these for the platform: there they can be told another one. */
const system = createRequire(import.meta.url)(path.join(ROOT, "node_modules/@oclif/core/lib/util/os.js")) as {
  getPlatform(): Promise<NodeJS.Platform>;
};

const CHOOSING = /^(AICOST_|XDG_|HOME|LOCALAPPDATA$|USERPROFILE$)/;

const ENVIRONMENTS: Record<string, Record<string, string>> = {
  nothing: {},
  "a home": { HOME: "/home/ada" },
  "an empty home": { HOME: "", USERPROFILE: "/users/ada" },
  XDG: { HOME: "/home/ada", XDG_CONFIG_HOME: "/xdg/config", XDG_DATA_HOME: "/xdg/data" },
  "half of XDG": { HOME: "/home/ada", XDG_CONFIG_HOME: "relative/config", XDG_DATA_HOME: "" },
  "folders of our own": {
    AICOST_CONFIG_DIR: "config",
    AICOST_DATA_DIR: "/data/",
    XDG_DATA_HOME: "/xdg/data",
  },
  "empty folders": { HOME: "/home/ada", AICOST_CONFIG_DIR: "", AICOST_DATA_DIR: "" },
  Windows: { LOCALAPPDATA: "/users/ada/local", USERPROFILE: "/users/ada" },
  "Windows without local data": { HOMEDRIVE: "C:", HOMEPATH: "/ada", USERPROFILE: "/users/ada" },
  "half a home drive": { HOMEDRIVE: "C:", USERPROFILE: "/users/ada" },
  "Windows with XDG": { XDG_DATA_HOME: "/xdg/data", LOCALAPPDATA: "/users/ada/local", HOME: "/home/ada" },
};

describe.each(["linux", "darwin", "win32"] as const)("userFolders on %s", (platform) => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it.each(Object.entries(ENVIRONMENTS))("is where the framework looks, with %s", async (_, environment) => {
    vi.spyOn(system, "getPlatform").mockResolvedValue(platform);
    for (const name of Object.keys(process.env).filter((each) => CHOOSING.test(each)))
      vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries({ SHELL: "/bin/sh", ...environment })) vi.stubEnv(name, value);
    const { configDir, dataDir, windows } = await Config.load({ root: ROOT, userPlugins: false });
    expect(windows).toBe(platform === "win32");
    expect(userFolders(process.env, platform)).toEqual({ configDir, dataDir });
  });
});
