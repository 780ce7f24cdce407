import { AicostCommand } from "../../lib/command/base.js";
import { databaseUrlFlag } from "../../lib/command/flags.js";
import { databaseStatus, type DatabaseStatus } from "../../lib/care/status.js";
import { databaseUrl, withDatabase } from "../../lib/care/url.js";
import { statusLines } from "../../lib/render/status-lines.js";
import { FUNCTION_MISSING, hasCode } from "../../lib/server/server-errors.js";
import { PROJECT_WAY_OVER } from "../../lib/store/recorded.js";
import { NOTHING_KNOWN, projectStatus, type ProjectStatus } from "../../lib/store/project.js";

export default class DbStatus extends AicostCommand {
  static override summary = "show the size and setup of your database, and what is missing";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --profile work",
  ];
  static override flags = { "db-url": databaseUrlFlag };

  async run(): Promise<{ database: DatabaseStatus }> {
    const { flags } = await this.parse(DbStatus);
    const url = databaseUrl(flags["db-url"], this.profileFlag, process.env);
    const database = url === undefined ? await this.#ofProfile() : await this.#ofUrl(url);
    this.log(statusLines(database, this.screen));
    if (database.schema_difference === "changed") this.log(`\n${PROJECT_WAY_OVER}`);
    return { database };
  }

  async #ofUrl(url: string): Promise<DatabaseStatus> {
    const facts = await withDatabase(url, this.place.waitMs, projectStatus);
    return databaseStatus({ profile: null, backend: "postgres", url: null }, facts);
  }

  async #ofProfile(): Promise<DatabaseStatus> {
    const { profile } = this;
    const url = profile.kind === "hosted" ? profile.url : null;
    const facts = await this.#facts();
    const { folderSize } = await import("../../lib/care/folder-size.js");
    const folder = profile.kind === "embedded" ? folderSize(this.config.dataDir) : null;
    return databaseStatus({ profile: profile.name, backend: profile.kind, url }, facts, folder);
  }

  /** A missing or older schema is a status, not a failure. */
  async #facts(): Promise<ProjectStatus> {
    const store = await this.store();
    try {
      return await store.call("get_database_status", {});
    } catch (error) {
      if (!isOfSchema(error)) throw error;
    }
    try {
      return { ...NOTHING_KNOWN, ...(await store.call("get_schema_status", {})) };
    } catch (error) {
      if (hasCode(error, FUNCTION_MISSING)) return NOTHING_KNOWN;
      throw error;
    }
  }
}

const isOfSchema = (error: unknown): boolean =>
  [FUNCTION_MISSING, "schema_missing", "schema_older", "schema_newer", "schema_changed"].some((code) =>
    hasCode(error, code),
  );
