import { AicostCommand } from "../lib/command/base.js";
import type { DoctorCheck } from "../lib/doctor/check.js";
import { examine } from "../lib/doctor/examine.js";
import { CHECKS } from "../lib/doctor/index.js";
import { EXIT } from "../lib/error-codes.js";
import { UserError } from "../lib/errors.js";
import { doctorLines } from "../lib/render/doctor-lines.js";
import { thisMachine } from "../lib/schedule/machine.js";
import { withTimeLimit } from "../lib/system/time-limit.js";

/** How long to wait: for a project, for another process that uses the database, and for the tools of a scheduler. */
const LIMIT_MS = { project: 20_000, database: 5_000, tool: 10_000 };

export default class Doctor extends AicostCommand {
  static override summary = "show what is set up and what is wrong, with what to type";
  static override description =
    "It changes nothing, opens no keychain but for the session of a Supabase project, and asks no server but that project. If something is wrong, the exit code is 6; warnings do not count. To look for damage in the database itself: aicost db check";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    {
      description: "Only what is wrong, in a script",
      command:
        "<%= config.bin %> <%= command.id %> --json | jq -r '.checks[] | select(.state == \"wrong\") | .says'",
    },
  ];

  async run(): Promise<{ checks: DoctorCheck[] }> {
    await this.parse(Doctor);
    const checks = await withTimeLimit(LIMIT_MS.project, undefined, tooLate, (signal) =>
      examine(CHECKS, {
        version: this.config.version,
        now: new Date(),
        env: process.env,
        configDir: this.config.configDir,
        dataDir: this.config.dataDir,
        machine: { ...thisMachine(), limitMs: LIMIT_MS.tool },
        profile: () => this.profile,
        openStore: () => this.store({ asIs: true, signal }),
      }),
    );
    this.log(doctorLines(checks, this.screen));
    if (checks.some(({ state }) => state === "wrong")) process.exitCode = EXIT.unmet;
    return { checks };
  }

  /** Without a person who unlocks a keychain: who asks what is wrong does not want to be asked. */
  protected override get place() {
    const { waitMs, ...place } = super.place;
    return { ...place, waitMs: Math.min(waitMs, LIMIT_MS.database), onUnlock: undefined };
  }
}

const tooLate = (): UserError =>
  new UserError(
    "unreachable",
    `The project did not answer within ${LIMIT_MS.project / 1000} s.`,
    "Check the connection, and look at the project in its dashboard: https://supabase.com/dashboard",
  );
