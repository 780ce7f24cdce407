import { AicostCommand } from "./base.js";
import { databaseUrlFlag } from "./flags.js";
import { databaseUrl, databaseUrlMissing, withDatabase } from "../care/url.js";
import { callFunction } from "../store/call-function.js";
import { requireMigrated, staleDaysOfAll } from "../store/project.js";

import type { Caller, CareDatabase } from "../care/database.js";

export const careFlags = { "db-url": databaseUrlFlag };

/** The database is the embedded one, or a project by its connection URL. */
export abstract class CareCommand extends AicostCommand {
  /** @param purpose for the error if only the data API can be reached: what for, as an infinitive, and what to type */
  protected async asOwner<Result>(
    urlFlag: string | undefined,
    purpose: { task: string; command: string },
    work: (db: CareDatabase) => Promise<Result>,
    { heavy = true, signal }: { heavy?: boolean; signal?: AbortSignal } = {},
  ): Promise<Result> {
    const url = databaseUrl(urlFlag, this.profileFlag, process.env);
    if (url !== undefined) return this.#ofProject(url, (db) => work({ ...db, folder: null }));
    const { profile, place } = this;
    if (profile.kind === "hosted") throw databaseUrlMissing(profile, purpose.task, purpose.command);
    const { withEmbedded } = await import("../care/database.js");
    return withEmbedded(
      {
        dataDir: this.config.dataDir,
        command: place.command,
        heavy,
        waitMs: place.waitMs,
        onWait: (holder) => this.note(`Waiting for ${holder} …`),
        signal,
      },
      work,
    );
  }

  /** Works on the database by functions that a signed-in user may call too. */
  protected async asCaller<Result>(
    urlFlag: string | undefined,
    work: (caller: Caller) => Promise<Result>,
  ): Promise<Result> {
    const url = databaseUrl(urlFlag, this.profileFlag, process.env);
    if (url !== undefined) {
      return this.#ofProject(url, (db) =>
        work({
          call: (name, args) => callFunction(db, `public.${name}`, args),
          staleDays: () => staleDaysOfAll(db),
        }),
      );
    }
    const store = await this.store();
    return work({
      call: (name, args) => store.call(name, args),
      staleDays: async () => (await store.call("get_schema_status", {})).stale_days,
    });
  }

  #ofProject<Result>(url: string, work: Parameters<typeof withDatabase<Result>>[2]): Promise<Result> {
    return withDatabase(url, this.place.waitMs, async (db) => {
      await requireMigrated(db);
      return work(db);
    });
  }
}
