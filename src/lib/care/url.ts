import { UserError } from "../errors.js";
import { type HostedProfile, LOCAL } from "../config/profiles.js";
import { ask, canAsk } from "../terminal/prompt.js";
import type { Postgres } from "../store/postgres.js";

/** The flag wins over the environment, and so does `--profile local`. */
export const databaseUrl = (
  flag: string | undefined,
  profileFlag: string | undefined,
  env: { AICOST_DB_URL?: string | undefined },
): string | undefined => flag ?? (profileFlag === LOCAL ? undefined : env.AICOST_DB_URL || undefined);

export const withDatabase = async <Result>(
  url: string,
  waitMs: number,
  work: (db: Postgres) => Promise<Result>,
): Promise<Result> => {
  const { openPostgres } = await import("../store/postgres.js");
  const db = await openPostgres(url, { waitMs, askPassword: canAsk() ? askPassword : undefined });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
};

/** Typed passwords, by place: a command may connect again, after a question. */
const passwords = new Map<string, string>();

const askPassword = async (place: string): Promise<string> => {
  const known = passwords.get(place);
  if (known !== undefined) return known;
  const answers = await ask([
    { name: "password", message: `Password of the database at ${place}`, hidden: true },
  ]);
  const password = answers["password"] ?? "";
  passwords.set(place, password);
  return password;
};

/** The data API cannot do what the owner can. `task` is an infinitive, “migrate”; `command` is what to type. */
export const databaseUrlMissing = ({ name, url }: HostedProfile, task: string, command: string, or = "") =>
  new UserError(
    "db_url_missing",
    `To ${task} the project ${new URL(url).host} of the profile ${name}, the connection URL of its database is needed.`,
    `Copy it from the dashboard (Connect, Session pooler): AICOST_DB_URL='postgresql://…' ${command}${or}`,
  );
