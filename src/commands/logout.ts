import { Flags } from "@oclif/core";
import { endSession } from "../lib/auth/keeping.js";
import { AicostCommand } from "../lib/command/base.js";
import { readConfig } from "../lib/config/config.js";
import { LOCAL, profileName } from "../lib/config/profiles.js";
import { forgetHostedFiles } from "../lib/store/hosted-files.js";
import { forgetAnswer } from "../lib/today/kept-answer.js";

interface LoggedOut {
  profile: string;
  /** False if no one was signed in. */
  signed_out: boolean;
  /** Whether the project ended the session too. */
  revoked: boolean;
  /** Why it did not; null if it did, or there was none. */
  warning: string | null;
  /** The profile that commands work on from now on. */
  current: string;
}

export default class Logout extends AicostCommand {
  static override summary = "sign out of your Supabase project";
  static override description =
    "The session is ended in the project and forgotten on this machine. Commands then work on the embedded database again. The profile is kept for the next aicost login.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --all",
  ];
  static override flags = {
    all: Flags.boolean({ summary: "end all your sessions in the project, on every machine and in browsers" }),
  };

  async run(): Promise<LoggedOut> {
    const { flags } = await this.parse(Logout);
    const { profile, place } = this;
    const scope = flags.all ? "global" : "local";
    const isSignedIn = profile.kind === "hosted" && profile.saved?.session !== undefined;
    const ended = isSignedIn ? await endSession(profile.name, scope, place) : null;
    forgetAnswer(this.config.dataDir, profile.name);
    forgetHostedFiles(this.config.dataDir, profile.name);
    if (ended === null) return this.#nobody(profile.name);
    const { url, reason } = ended;
    const warning = reason === null ? null : `${UNREVOKED[scope]} ${reason}`;
    const current = this.#current;
    this.log(`You are signed out of ${url}. Commands work on ${databaseName(current)}.`);
    if (warning !== null && !this.jsonEnabled()) this.tell(`Warning: ${warning}`);
    return { profile: profile.name, signed_out: true, revoked: reason === null, warning, current };
  }

  #nobody(profile: string): LoggedOut {
    const current = this.#current;
    this.log(`You were not signed in to profile ${profile}. Commands work on ${databaseName(current)}.`);
    return { profile, signed_out: false, revoked: false, warning: null, current };
  }

  get #current(): string {
    return profileName(readConfig(this.config.configDir), undefined, process.env).name;
  }
}

const UNREVOKED = {
  local: "The session is forgotten here, but the project could not be told to end it.",
  global: "The session is forgotten here, but the project could not be told to end all of them.",
};

const databaseName = (profile: string): string =>
  profile === LOCAL ? "the embedded database" : `the profile ${profile}`;
