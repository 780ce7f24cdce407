import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

export interface Folders {
  configDir: string;
  dataDir: string;
}

const NAME = "aicost";

/** The folders of configuration and data, as the command framework finds them: for what must not wait for it. */
export const userFolders = (
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Folders => {
  const local = platform === "win32" ? env["LOCALAPPDATA"] : undefined;
  const folder = (base: string | undefined, inHome: string): string =>
    join(base || local || join(homeIn(env, platform), inHome), NAME);
  return {
    configDir: env["AICOST_CONFIG_DIR"] || folder(env["XDG_CONFIG_HOME"], ".config"),
    dataDir: env["AICOST_DATA_DIR"] || folder(env["XDG_DATA_HOME"], ".local/share"),
  };
};

const homeIn = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string =>
  env["HOME"] || (platform === "win32" && windowsHome(env)) || homedir() || tmpdir();

const windowsHome = ({ HOMEDRIVE, HOMEPATH, USERPROFILE }: NodeJS.ProcessEnv): string | undefined =>
  HOMEDRIVE && HOMEPATH ? join(HOMEDRIVE, HOMEPATH) : USERPROFILE;
