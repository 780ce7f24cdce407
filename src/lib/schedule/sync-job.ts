import { UserError } from "../errors.js";
import { programIn } from "../system/package-root.js";
import { LOCAL, type Profile } from "../config/profiles.js";
import type { Job } from "./job.js";

/** In hours. */
export const RHYTHMS = ["1", "2", "3", "4", "6", "8", "12", "24"] as const;

export interface SyncJobOptions {
  profile: Profile;
  /** The folder of the program. */
  root: string;
  configDir: string;
  dataDir: string;
  everyHours: number;
  flags: readonly string[];
  env: { AICOST_SECRETS?: string | undefined };
  /** Says where coding agents keep their logs; see `logVariables`. */
  logVariables: Readonly<Record<string, string>>;
}

/** @throws UserError `token_not_kept` */
export const syncJob = (options: SyncJobOptions): Job => {
  const { profile, root, configDir, dataDir, everyHours, flags, env, logVariables } = options;
  if (profile.kind === "hosted" && profile.token !== undefined) throw tokenNotKept();
  return {
    name: jobName(profile),
    program: [process.execPath, programIn(root), "sync", "--quiet", "--profile", profile.name, ...flags],
    // What starts the job does not know where the user has these folders.
    env: {
      ...logVariables,
      AICOST_CONFIG_DIR: configDir,
      AICOST_DATA_DIR: dataDir,
      ...(env.AICOST_SECRETS ? { AICOST_SECRETS: env.AICOST_SECRETS } : {}),
    },
    everyHours,
    minute: Math.floor(Math.random() * 60),
  };
};

/** For a job that collects the same as now. */
export const syncFlags = (flags: {
  providers: readonly string[];
  "anthropic-api": "classic" | "analytics";
  "claude-code": boolean;
  scan: boolean;
}): string[] => [
  ...flags.providers.flatMap((name) => ["--provider", name]),
  ...(flags["anthropic-api"] === "analytics" ? ["--anthropic-api", "analytics"] : []),
  ...(flags["claude-code"] ? ["--claude-code"] : []),
  ...(flags.scan ? [] : ["--no-scan"]),
];

export const jobName = ({ name }: Pick<Profile, "name">): string =>
  name === LOCAL ? "aicost-sync" : `aicost-sync-${name.replaceAll(/[^a-z0-9]+/g, "-")}`;

const tokenNotKept = () =>
  new UserError(
    "token_not_kept",
    "AICOST_ACCESS_TOKEN is set, and a job that runs by itself would not have it.",
    "Unset it, and sign in with: aicost login",
  );
