import { changeConfig, type Config, type SavedNotices } from "../config/config.js";
import { webAddress } from "../config/web-address.js";
import { UserError } from "../errors.js";
import { holdsSecret } from "../record/secret-form.js";
import { redacted } from "../secrets/redact.js";
import { own } from "../system/own.js";
import { typedWord } from "../terminal/shell-word.js";
import { canRun, programFile } from "./program.js";
import { commandWords } from "./words.js";

/** What notices are about. */
export type NoticeTopic = keyof SavedNotices;

/** Where notices go: to a program of this machine, or to an address. */
export type NoticeTarget = NonNullable<SavedNotices[NoticeTopic]>;

/** Shares of a budget, in percent, at which notices are sent. */
export const DEFAULT_SHARES: readonly number[] = [80, 100];

/** Where notices of a profile go; null if this machine sends none. */
export const targetOf = ({ notices }: Config, profile: string, topic: NoticeTopic): NoticeTarget | null =>
  own(notices ?? {}, profile)?.[topic] ?? null;

/** @param target null if no more are to be sent */
export const setTarget = (
  config: Config,
  profile: string,
  topic: NoticeTopic,
  target: NoticeTarget | null,
): void => {
  const others = Object.entries(config.notices ?? {}).filter(([name]) => name !== profile);
  const { [topic]: _, ...kept } = own(config.notices ?? {}, profile) ?? {};
  const mine: SavedNotices = target === null ? kept : { ...kept, [topic]: target };
  const all = [...others, ...(Object.keys(mine).length === 0 ? [] : [[profile, mine] as const])];
  if (all.length === 0) delete config.notices;
  else config.notices = Object.fromEntries(all);
};

/** Notes in the config whether notices of a topic could be sent, so that `aicost doctor` can say so later. */
export const noteOutcome = (
  { configDir, profile, topic }: { configDir: string; profile: string; topic: NoticeTopic },
  failure: UserError | undefined,
): void => {
  try {
    changeConfig(configDir, (config) => {
      const target = targetOf(config, profile, topic);
      if (target === null) return;
      if (failure === undefined) delete target.failed;
      else target.failed = { at: new Date().toISOString(), why: failure.message };
    });
  } catch {
    // A config that cannot be written does not change what was sent.
  }
};

/** What is wrong with a target as it stands, without what may be secret: its program is gone, or its address is none. */
export const targetProblem = (target: NoticeTarget): string | null => {
  if ("command" in target) {
    const [program = ""] = target.command;
    return canRun(program) ? null : `there is no program ${redacted(program)} any more`;
  }
  try {
    webhookAddress(target.webhook);
    return null;
  } catch {
    return `the address ${shownAddress(target.webhook)} cannot be used`;
  }
};

/** A command as it was typed. @throws UserError `bad_command`, `key_is_secret` */
export const typedCommand = (line: string, env: { PATH?: string | undefined }): { command: string[] } => {
  if (holdsSecret(line))
    throw new UserError(
      "key_is_secret",
      "The command contains what looks like a key, and other users of this machine can see the words of a command.",
      "Keep the key in a file that the program reads.",
    );
  const [program = "", ...words] = commandWords(line);
  return { command: [programFile(program, env), ...words] };
};

/** The address of a webhook as it was typed: https, or this machine. @throws UserError `bad_webhook`, without what may be secret of it */
export const typedWebhook = (text: string): { webhook: string } => {
  try {
    return { webhook: webhookAddress(text).href };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError("bad_webhook", error.message.replaceAll(text.trim(), shownAddress(text)), error.hint);
  }
};

/** @throws UserError `bad_webhook` */
export const webhookAddress = (text: string): URL =>
  webAddress(text, {
    code: "bad_webhook",
    what: "the address of a webhook",
    example: "For example: --webhook https://example.com/hook",
  });

/** The path of a webhook is often a secret. */
const shownAddress = (text: string): string => {
  const whole = text.includes("://") ? text.trim() : `https://${text.trim()}`;
  return URL.canParse(whole) ? `${new URL(whole).protocol}//${new URL(whole).host}/…` : "this";
};

/** For people, without what may be secret. */
export const targetText = (target: NoticeTarget): string =>
  "webhook" in target ? shownAddress(target.webhook) : redacted(target.command.map(typedWord).join(" "));
