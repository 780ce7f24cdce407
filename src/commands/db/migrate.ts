import { AicostCommand } from "../../lib/command/base.js";
import { databaseUrlFlag } from "../../lib/command/flags.js";
import { databaseUrl, databaseUrlMissing, withDatabase } from "../../lib/care/url.js";
import { migrationReceipt } from "../../lib/render/status-lines.js";
import { latestVersion } from "../../lib/store/migrations.js";
import { migrateProject } from "../../lib/store/project.js";

interface Migrated {
  /** Versions of the migrations that were applied. */
  applied: string[];
  schema_version: string;
}

export default class DbMigrate extends AicostCommand {
  static override summary = "bring the schema of a database up to date";
  static override description =
    "Migrating a Supabase project needs a connection to its database. The embedded database migrates itself. With the Supabase command line, supabase db push does the same.";
  static override examples = [
    "AICOST_DB_URL='postgresql://…' <%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --db-url postgresql://postgres.REF@aws-0-eu-central-1.pooler.supabase.com:5432/postgres",
  ];
  static override flags = { "db-url": databaseUrlFlag };

  async run(): Promise<Migrated> {
    const { flags } = await this.parse(DbMigrate);
    const url = databaseUrl(flags["db-url"], this.profileFlag, process.env);
    const applied = url === undefined ? await this.#ofProfile() : await this.#ofUrl(url);
    const schema_version = latestVersion();
    this.log(migrationReceipt(applied, schema_version, this.screen));
    return { applied, schema_version };
  }

  #ofUrl(url: string): Promise<string[]> {
    return withDatabase(url, this.place.waitMs, migrateProject);
  }

  async #ofProfile(): Promise<string[]> {
    const { profile } = this;
    if (profile.kind === "hosted") {
      throw databaseUrlMissing(
        profile,
        "migrate",
        "aicost db migrate",
        "\nOr use the Supabase command line with a copy of aicost's supabase folder: supabase link, then supabase db push",
      );
    }
    await this.store();
    return [];
  }
}
