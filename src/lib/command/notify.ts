import { Flags } from "@oclif/core";
import { changeConfig, readConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { sendMessage } from "../notices/send.js";
import {
  noteOutcome,
  type NoticeTarget,
  type NoticeTopic,
  setTarget,
  targetOf,
  targetText,
  typedCommand,
  typedWebhook,
} from "../notices/target.js";
import { AicostCommand } from "./base.js";

/** Of every command that says where notices go. */
export const notifyFlags = {
  command: Flags.string({
    helpValue: "COMMAND",
    summary: "run this program, without a shell, with the message on its standard input",
    exclusive: ["webhook", "off"],
  }),
  webhook: Flags.string({
    helpValue: "URL",
    summary: "send the message to this address, as JSON with a text (https, or this machine)",
    exclusive: ["off"],
  }),
  off: Flags.boolean({ summary: "send no more notices from this machine" }),
  test: Flags.boolean({ summary: "also send a test message", exclusive: ["off"] }),
};

export interface NotifyJson {
  /** Null if this machine sends none. The path of a webhook is left out, because it may be secret. */
  notify: { to: "command" | "webhook"; target: string; at?: readonly number[] } | null;
  /** Whether a test message was sent. */
  tested: boolean;
}

interface Typed {
  command?: string | undefined;
  webhook?: string | undefined;
  off?: boolean;
  test?: boolean;
}

/** Says where notices of a topic go from this machine. It is kept in the config of this machine, for one profile. */
export abstract class NotifyCommand extends AicostCommand {
  protected abstract readonly topic: NoticeTopic;

  /**
   * Sets, shows or removes the target, and tries it.
   * @param complete what is kept of a target
   * @param isChange whether it is to change the target that is set, if none was typed
   * @throws UserError `bad_command`, `bad_webhook`, `key_is_secret`, `notice_failed`, `notice_target_missing`
   */
  protected async setUp(
    { command, webhook, off, test }: Typed,
    complete: (target: NoticeTarget) => NoticeTarget,
    isChange = false,
  ): Promise<NotifyJson> {
    const { configDir } = this.config;
    const { name } = this.profile;
    const typed =
      command !== undefined
        ? typedCommand(command, process.env)
        : webhook !== undefined
          ? typedWebhook(webhook)
          : isChange && !off
            ? this.#set()
            : null;
    if (off || typed !== null)
      changeConfig(configDir, (config) =>
        setTarget(config, name, this.topic, typed === null ? null : complete(typed)),
      );
    const target = targetOf(readConfig(configDir), name, this.topic);
    this.log(this.#said(target));
    if (test) await this.#test(target);
    if (target === null) return { notify: null, tested: false };
    const shown = targetText(target);
    const to = "webhook" in target ? "webhook" : "command";
    return { notify: { to, target: shown, ...("at" in target && { at: target.at }) }, tested: test === true };
  }

  /** What is set. @throws UserError `notice_target_missing` */
  #set(): NoticeTarget {
    const target = targetOf(readConfig(this.config.configDir), this.profile.name, this.topic);
    if (target !== null) return target;
    throw new UserError(
      "notice_target_missing",
      "There is nothing to change: this machine sends no notices.",
      `Say where they go, too, for example: aicost ${this.topic} notify --command /path/to/script`,
    );
  }

  #said(target: NoticeTarget | null): string {
    if (target === null)
      return `This machine sends no notices of ${this.topic} of the profile ${this.profile.name}.`;
    const way = "webhook" in target ? "to" : "by running";
    const at = "at" in target ? ` at ${target.at.map((share) => `${share}%`).join(" and ")}` : "";
    return `This machine sends notices of ${this.topic}${at} ${way} ${targetText(target)}`;
  }

  async #test(target: NoticeTarget | null): Promise<void> {
    if (target === null)
      throw new UserError(
        "notice_target_missing",
        "There is nothing to test: this machine sends no notices.",
        `Say where they go, for example: aicost ${this.topic} notify --command /path/to/script --test`,
      );
    const line = `This is a test of aicost: notices of ${this.topic} of the profile ${this.profile.name} arrive here.`;
    await sendMessage({ lines: [line], notices: [{ about: "test" }] }, target, { env: process.env });
    if (target.failed !== undefined)
      noteOutcome(
        { configDir: this.config.configDir, profile: this.profile.name, topic: this.topic },
        undefined,
      );
    this.log("The test message was sent.");
  }
}
