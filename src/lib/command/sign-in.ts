import { moveIn } from "../archive/move-in.js";
import { AicostCommand } from "./base.js";
import { changeConfig, readConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { LOCAL } from "../config/profiles.js";
import { rowProgress } from "../terminal/progress.js";
import { canAsk } from "../terminal/prompt.js";
import { formatCount } from "../render/money-text.js";
import { openStore } from "../store/index.js";
import type { Account } from "../auth/account.js";
import type { RestoreCounts } from "../api.js";
import type { Store } from "../store/store.js";

const BY_FILE = "aicost export --profile local --output aicost.ndjson, then: aicost import aicost.ndjson";

/** Who is signed in, and what came along from the embedded database; null if nothing did. */
export interface LoggedIn extends Account {
  moved: RestoreCounts | null;
}

export abstract class SignInCommand extends AicostCommand {
  /**
   * A new account gets the time zone of this machine, and the records of the embedded database are offered to come
   * along. What hinders that is told; the sign-in stays. @returns what came along, or null
   */
  protected async settleIn(profile: string): Promise<RestoreCounts | null> {
    if (process.env["AICOST_ACCESS_TOKEN"]) {
      this.note("AICOST_ACCESS_TOKEN is set, and commands use it instead of this session.");
      return null;
    }
    try {
      const store = await this.store();
      await settleTimezone(store);
      return await this.#offerMove(profile);
    } catch (error) {
      if (!(error instanceof UserError) || error.code === "interrupted") throw error;
      this.tell(`${error.message}${error.hint === undefined ? "" : `\n  ${error.hint}`}`);
      return null;
    }
  }

  async #offerMove(profile: string): Promise<RestoreCounts | null> {
    const { configDir } = this.config;
    if (readConfig(configDir).profiles[profile]?.moving_offered) return null;
    const records = await this.#inLocal(
      async (local) => (await local.call("archive_counts", {})).cost_record,
    );
    if (records === null || records === 0) return null;
    const here = `The embedded database on this machine has ${formatCount(records)} records.`;
    if (this.jsonEnabled() || !canAsk()) {
      this.note(`${here} To copy them into the project: ${BY_FILE}`);
      return null;
    }
    const wanted = await this.confirm(`${here} Copy them into the project?`, false);
    const moved = wanted ? await this.#inLocal(async (local) => this.#move(local, await this.store())) : null;
    if (!wanted) this.tell(`They stay in the embedded database. To copy them later: ${BY_FILE}`);
    changeConfig(configDir, ({ profiles }) => {
      if (profiles[profile]) profiles[profile].moving_offered = true;
    });
    return moved;
  }

  async #move(local: Store, store: Store): Promise<RestoreCounts> {
    const counts = await local.call("archive_counts", {});
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const withProgress = rowProgress(this.showsProgress);
    const moved = await withProgress("Copying", rows, (onProgress) => moveIn(local, store, onProgress));
    this.tell("They are in the project now, and still in the embedded database.");
    return moved;
  }

  /** Opens the embedded store for some work, if it was ever used; else null. */
  async #inLocal<Result>(work: (local: Store) => Promise<Result>): Promise<Result | null> {
    const { hasDatabase } = await import("../store/embedded-database.js");
    const { dataDir } = this.config;
    if (!hasDatabase(dataDir)) return null;
    const local = await openStore({
      profile: { kind: "embedded", name: LOCAL },
      place: this.place,
      dataDir,
      heavy: false,
      onWait: (holder) => this.note(`Waiting for ${holder} …`),
    });
    try {
      return await work(local);
    } finally {
      await local.close();
    }
  }
}

/** An account that has nothing yet gets the time zone of this machine, as a new embedded database does. */
const settleTimezone = async (store: Store): Promise<void> => {
  const { timeZone: timezone } = Intl.DateTimeFormat().resolvedOptions();
  const preferences = await store.call("get_preferences", {});
  if (preferences.timezone !== "UTC" || timezone === "UTC") return;
  const { cost_record: records, import: imports } = await store.call("archive_counts", {});
  if (records > 0 || imports > 0) return;
  await store.call("set_preferences", { changes: { timezone } });
};
