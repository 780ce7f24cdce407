import { Flags } from "@oclif/core";
import { CareCommand, careFlags } from "../../lib/command/care.js";
import { makeAhead } from "../../lib/care/partitions.js";
import { partitionLines } from "../../lib/render/care-lines.js";
import type { MonthPartition } from "../../lib/api.js";

interface PartitionsJson {
  partitions: MonthPartition[];
  /** Months whose partition was created just now. */
  made: string[];
}

export default class DbPartitions extends CareCommand {
  static override summary = "list the months in the database, and prepare future ones";
  static override description =
    "Each month (UTC) of records is its own table, a partition. aicost creates a partition when it is first needed; with --ahead, the first import of a month does not have to.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --ahead 6",
  ];
  static override flags = {
    ahead: Flags.integer({
      summary: "create the partitions of this month and the next N",
      helpValue: "MONTHS",
      min: 0,
      max: 23,
    }),
    ...careFlags,
  };

  async run(): Promise<PartitionsJson> {
    const { flags } = await this.parse(DbPartitions);
    const result = await this.asCaller(flags["db-url"], async (caller): Promise<PartitionsJson> => {
      const partitions = await caller.call("list_partitions", {});
      if (flags.ahead === undefined) return { partitions, made: [] };
      const made = await makeAhead(caller, partitions, flags.ahead, new Date());
      return { partitions: await caller.call("list_partitions", {}), made };
    });
    this.log(partitionLines(result.partitions, flags.ahead === undefined ? null : result.made, this.screen));
    return result;
  }
}
