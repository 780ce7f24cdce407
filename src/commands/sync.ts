import { Flags } from "@oclif/core";
import { logVariables } from "../lib/agents/log-variables.js";
import { readConfig } from "../lib/config/config.js";
import { printError } from "../lib/command/print-error.js";
import { CredentialsCommand } from "../lib/command/credentials.js";
import { dryRunFlag, providersFlag, rateFlag, sinceFlag, yesFlag } from "../lib/command/flags.js";
import { typedCollector } from "../lib/credentials/find.js";
import { interruptible } from "../lib/terminal/interrupt.js";
import { stepProgress } from "../lib/terminal/progress.js";
import { collectorOf } from "../lib/providers/collectors.js";
import { lockProfile } from "../lib/config/lock-profile.js";
import { givenRates } from "../lib/record/currency.js";
import type { Delivery } from "../lib/notices/deliver.js";
import type { Rates } from "../lib/record/rates.js";
import { type RatesAtSync, ratesAtSync, type RatesUpdate } from "../lib/rates/update.js";
import { ratesUpdateText } from "../lib/render/rate-table.js";
import { scanReceipt } from "../lib/render/scan-receipt.js";
import { syncReceipt } from "../lib/render/sync-receipt.js";
import { wrap } from "../lib/render/text.js";
import { type UserError, userErrorOf } from "../lib/errors.js";
import type { Store } from "../lib/store/store.js";
import { SCHEDULERS } from "../lib/schedule/index.js";
import { type Installed, installSync, uninstallSync } from "../lib/schedule/install-sync.js";
import { jobName, RHYTHMS, syncFlags, syncJob } from "../lib/schedule/sync-job.js";
import { lockedScan, logsHere } from "../lib/scan/locked-scan.js";
import { loadMemory } from "../lib/scan/memory.js";
import { type AgentScan, scanWarnings } from "../lib/scan/result.js";
import { keysToSync } from "../lib/sync/keys.js";
import { failureOf, type KeyResult, syncJson, type SyncJson, syncWarnings } from "../lib/sync/result.js";
import { exitOf, sync } from "../lib/sync/sync.js";
import { dateSince } from "../lib/sync/window.js";

const JOB = "SCHEDULE";

export default class Sync extends CredentialsCommand {
  static override summary = "collect your spend from the providers whose keys are stored";
  static override description =
    "The first time it goes back 90 days, later from the last complete day; the last three days are read again, because providers restate them. What one provider refuses does not stop the others. What was collected is an import: aicost imports shows it, aicost imports undo takes it back.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --provider anthropic --since 2026-01-01",
    "<%= config.bin %> <%= command.id %> --install",
  ];
  static override flags = {
    provider: providersFlag,
    since: { ...sinceFlag, summary: "collect from this day on, instead of the last one" },
    rate: rateFlag,
    "dry-run": dryRunFlag,
    "anthropic-api": Flags.option({
      options: ["classic", "analytics"] as const,
      default: "classic" as const,
      summary: "the Anthropic API to use (analytics is in beta)",
    })(),
    "claude-code": Flags.boolean({
      default: false,
      summary: "also collect Claude Code usage by person (estimated by Anthropic)",
    }),
    scan: Flags.boolean({
      default: true,
      allowNo: true,
      summary: "also scan the logs of your coding agents, if you have done so before: aicost scan",
    }),
    install: Flags.boolean({
      summary: "schedule it on this machine (asks first)",
      exclusive: ["since", "dry-run", "uninstall"],
      helpGroup: JOB,
    }),
    uninstall: Flags.boolean({ summary: "remove the schedule", helpGroup: JOB }),
    every: Flags.option({
      options: RHYTHMS,
      default: "6" as const,
      summary: "how often, in hours",
      helpGroup: JOB,
    })(),
    scheduler: Flags.option({
      options: SCHEDULERS,
      summary: "scheduler to use [default: one that works on this machine]",
      helpGroup: JOB,
    })(),
    yes: { ...yesFlag, helpGroup: JOB },
  };

  async run(): Promise<
    | { syncs: SyncJson[]; rates?: RatesUpdate; scans?: AgentScan[]; notices?: object[]; warnings: string[] }
    | { installed: Installed | null }
    | { uninstalled: Installed[] }
  > {
    const { flags } = await this.parse(Sync);
    const providers = (flags.provider ?? []).map((name) => typedCollector(name).provider);
    if (flags.install) return this.#install(flags, providers);
    if (flags.uninstall) return this.#uninstall(flags);
    const now = new Date();
    const rates = givenRates(flags.rate);
    const options = { ...flags, since: dateSince(flags.since, now), now, providers, rates };
    const {
      results,
      rates: updated,
      scanned,
    } = await interruptible(
      async (signal) => ({
        ...(await this.#sync(options, signal)),
        scanned: await this.#scan(flags, signal),
      }),
      "What was written so far stays. Run it again for the rest.",
    );
    const scans = scanned?.scans;
    const found = scans?.filter((scan) => scan.found) ?? [];
    const receipts = [
      ...(results.length > 0 ? [syncReceipt(results, flags["dry-run"], this.screen)] : []),
      ...(updated.rates ? [ratesUpdateText(updated.rates)] : []),
      ...(found.length > 0 ? [scanReceipt(found, [], flags["dry-run"], this.screen)] : []),
      // What was done comes before what was not.
      ...(results.length > 0 || (flags.quiet && found.length > 0)
        ? []
        : [wrap(nothingToAsk(providers), this.screen.width).join("\n")]),
    ];
    this.log(receipts.join("\n\n"));
    const notices = flags["dry-run"] ? null : await this.#sendNotices();
    this.#showFailures(results, [updated.failure, scanned?.failure, notices?.failure]);
    return {
      syncs: results.map(syncJson),
      ...(updated.rates && { rates: updated.rates }),
      ...(scans && { scans }),
      ...(notices && { notices: notices.sent.map(({ facts }) => facts) }),
      warnings: [
        ...syncWarnings(results),
        ...scanWarnings(scans ?? []),
        ...[updated.failure, scanned?.failure, notices?.failure].flatMap((failure) => failure?.message ?? []),
      ],
    };
  }

  async #sync(flags: SyncFlags, signal: AbortSignal): Promise<{ results: KeyResult[]; rates: RatesAtSync }> {
    const onWait = (holder: string) => this.note(`Waiting for ${holder} …`);
    const lock = await lockProfile("sync", this.profile.name, this.place, { onWait, signal });
    try {
      const { userId, credentials, preferences } = await this.inStore(async (store) => {
        if (!flags["dry-run"]) await store.call("book_due_charges", {});
        return keysToSync(store, flags.providers);
      });
      const isOn = preferences.metadata.update_rates === true && !flags["dry-run"];
      const inStore = <Result>(work: (store: Store) => Promise<Result>) => this.inStore(work, signal);
      const rates = await ratesAtSync(isOn, { inStore, env: process.env, signal });
      if (credentials.length === 0) return { results: [], rates };
      const ring = await (await this.vaultOf(userId)).ring();
      const withProgress = stepProgress(this.showsProgress);
      const results = await withProgress("Collecting", credentials.length, (onProgress) =>
        sync(credentials, {
          userId,
          ring,
          collectorOf,
          collectOptions: { anthropicApi: flags["anthropic-api"], claudeCode: flags["claude-code"] },
          since: flags.since,
          dryRun: flags["dry-run"],
          rates: flags.rates,
          timezone: preferences.timezone,
          now: flags.now,
          signal,
          onProgress,
          inStore,
        }),
      );
      return { results, rates };
    } finally {
      lock.release();
    }
  }

  /** If logs cannot be scanned, what was collected stays. @throws the reason of the signal */
  async #scan(
    { scan, "dry-run": dryRun }: { scan: boolean; "dry-run": boolean },
    signal: AbortSignal,
  ): Promise<{ scans?: AgentScan[]; failure?: UserError } | null> {
    if (!scan || loadMemory(this.config.dataDir, this.profile.name) === null) return null;
    try {
      return await lockedScan(this.scanTools(signal), { dryRun });
    } catch (error) {
      signal.throwIfAborted();
      return { failure: userErrorOf(error) };
    }
  }

  /** What was collected may have used up a budget. Null if this machine sends no notices. */
  async #sendNotices(): Promise<Delivery | null> {
    const { configDir } = this.config;
    const { name } = this.profile;
    if (readConfig(configDir).notices === undefined) return null;
    const { NOTICE_TOPICS, sendNotices } = await import("../lib/command/notices.js");
    try {
      return await sendNotices(NOTICE_TOPICS, {
        configDir,
        profile: name,
        inStore: (work) => this.inStore(work),
      });
    } catch (error) {
      return { sent: [], failure: userErrorOf(error) };
    }
  }

  /** Scripts find them in the JSON. */
  #showFailures(results: readonly KeyResult[], others: readonly (UserError | undefined)[]): void {
    for (const failure of [...results.map(failureOf), ...others]) {
      if (failure && !this.jsonEnabled()) printError(failure, false);
    }
    process.exitCode = exitOf(results) || (others.find((failure) => failure !== undefined)?.exit ?? 0);
  }

  async #install(flags: JobFlags, providers: string[]): Promise<{ installed: Installed | null }> {
    const { configDir, dataDir, root } = this.config;
    const job = syncJob({
      profile: this.profile,
      root,
      configDir,
      dataDir,
      everyHours: Number(flags.every),
      flags: syncFlags({ ...flags, providers }),
      env: process.env,
      logVariables: flags.scan ? logVariables(logsHere()) : {},
    });
    const installed = await installSync(job, this.#asking(flags));
    if (installed !== null)
      this.log(
        [
          `${installed.scheduler} runs aicost sync from now on, as ${installed.name}.`,
          ...(flags.scan ? [this.#scanNote()] : []),
        ].join("\n"),
      );
    return { installed };
  }

  /** What the job does with the logs of coding agents. */
  #scanNote(): string {
    return loadMemory(this.config.dataDir, this.profile.name) === null
      ? "Once you have run aicost scan, it also scans the logs of your coding agents."
      : "It also scans the logs of your coding agents, so their history stays when they delete it.";
  }

  async #uninstall(flags: JobFlags): Promise<{ uninstalled: Installed[] }> {
    const uninstalled = await uninstallSync(jobName(this.profile), this.#asking(flags));
    const names = uninstalled.map(({ scheduler }) => scheduler).join(" and ");
    this.log(names === "" ? "Nothing was removed." : `${names} no longer runs aicost sync.`);
    return { uninstalled };
  }

  #asking({ scheduler, yes }: JobFlags) {
    return { scheduler, yes, show: (text: string) => this.tell(text) };
  }
}

interface SyncFlags {
  providers: readonly string[];
  since: string | undefined;
  rates: Rates;
  now: Date;
  "dry-run": boolean;
  "anthropic-api": "classic" | "analytics";
  "claude-code": boolean;
}

interface JobFlags extends Pick<SyncFlags, "anthropic-api" | "claude-code"> {
  scan: boolean;
  every: string;
  scheduler?: (typeof SCHEDULERS)[number] | undefined;
  yes: boolean;
}

const nothingToAsk = (providers: readonly string[]): string =>
  providers.length === 0
    ? "No usable key is stored, so no provider was asked. Store one with: aicost credentials add PROVIDER"
    : `No usable key of ${providers.join(" or ")} is stored. See them with: aicost credentials`;
