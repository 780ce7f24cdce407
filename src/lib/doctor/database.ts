import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { formatBytes } from "../bytes.js";
import { folderSize } from "../care/folder-size.js";
import { UserError } from "../errors.js";
import { counted } from "../money.js";
import { currentModel } from "../store/read-model/current.js";
import { type Check, type Data, type Finding, ok, type Setup, unknown, wrong } from "./check.js";

/** The embedded database: whether it opens, what is in it, and whether its sums are up to date. */
export const database: Check = {
  name: "database",
  async look(setup) {
    if (setup.profile().kind !== "embedded") return null;
    // Closing the database makes a read model: it counts what was there before.
    const hasSums = currentModel(setup.dataDir) !== null;
    try {
      const data = await setup.data();
      return data === null
        ? ok("none yet; the first import makes it", "aicost import FILE, or: aicost credentials add PROVIDER")
        : await describe(data, setup, hasSums);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { code, message, hint = null } = error;
      return code === "database_in_use" ? unknown(message, hint) : wrong(message, hint);
    }
  },
};

const describe = async (data: Data, { dataDir }: Setup, hasSums: boolean): Promise<Finding> => {
  const { records, migrations } = await data.call("get_database_status", {});
  const archived = lastArchived(path.join(dataDir, "archive"));
  return ok(
    [
      formatBytes(folderSize(dataDir).folder),
      counted(records, "record"),
      `schema ${migrations.at(-1) ?? "unknown"}`,
      hasSums ? "sums up to date" : "sums brought up to date just now",
      ...(archived === null ? [] : [`archived to ${archived}`]),
    ].join(", "),
  );
};

/** The last month with an archive where `aicost db archive` writes them; null without any. */
const lastArchived = (folder: string): string | null => {
  if (!existsSync(folder)) return null;
  const months = readdirSync(folder).flatMap(
    (file) => /^aicost-(\d{4}-\d\d)\b.*\.ndjson\.gz$/.exec(file)?.[1] ?? [],
  );
  return months.sort().at(-1) ?? null;
};
