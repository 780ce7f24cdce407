import { EXIT } from "../error-codes.js";
import { UserError } from "../errors.js";
import type { Hidden } from "../secrets/hidden.js";
import { AnswerProblem } from "../providers/answer.js";
import type { Collector, KeyCheck, KeyKind } from "../providers/collector.js";
import { holdsSecret } from "../record/secret-form.js";
import { redacted } from "../secrets/redact.js";
import type { Limits } from "../server/http.js";
import { openApi, unreadable } from "../server/provider-api.js";
import type { CredentialMetadata } from "../api.js";
import { type AddressKind, webAddress } from "../config/web-address.js";
import { askedOf, type Named } from "./asking.js";
import { labelOf } from "./label.js";
import { masked } from "./typed-key.js";

/** Somebody waits for the answer. */
const LIMITS: Limits = { tries: 3, tryMs: 20_000, lastTryMs: 20_000, pauseMs: 250, askedMs: 5_000 };

export const checkKey = async (collector: Collector, credential: Named, key: Hidden): Promise<KeyCheck> => {
  const asked = { ...askedOf(collector, credential, key), limits: LIMITS };
  try {
    return withoutKey(await collector.check(openApi(asked)), key);
  } catch (error) {
    throw error instanceof AnswerProblem ? unreadable(error, asked) : error;
  }
};

/** What is found out is kept in the clear, and a gateway may put the key into any field. */
const withoutKey = (check: KeyCheck, key: Hidden): KeyCheck =>
  JSON.parse(redacted(JSON.stringify(check), key)) as KeyCheck;

/** Whether a key was found to be useless; if the provider did not answer, nothing is known. */
export const isDenied = (error: unknown): error is UserError =>
  error instanceof UserError && error.exit === EXIT.denied;

/** @param check null if the key was not tried */
export const metadataOf = (
  key: Hidden,
  kind: KeyKind | null,
  check: KeyCheck | null,
  { name, metadata }: Named,
): CredentialMetadata => {
  const now = new Date().toISOString();
  return {
    masked: masked(key, kind),
    key_set_at: now,
    ...(metadata.base_url === undefined ? {} : { base_url: metadata.base_url }),
    account: check?.account ?? name,
    account_known: typeof check?.account === "string",
    ...findings(check, now),
  };
};

export const findings = (check: KeyCheck | null, now: string) => ({
  facts: check?.facts ?? {},
  ...(check === null ? {} : { checked_at: now }),
  ...(check?.accountName ? { account_name: check.accountName } : {}),
});

/**
 * The records of a credential are known by its account, so another key must be of the same account, unless nothing was
 * collected yet. @throws UserError `key_of_other_account`
 */
export const sameAccount = (
  fresh: CredentialMetadata,
  before: CredentialMetadata,
  credential: Named & { syncs: readonly unknown[] },
): CredentialMetadata => {
  if (credential.syncs.length === 0) return fresh;
  if (before.account_known && fresh.account_known && fresh.account !== before.account) {
    throw new UserError(
      "key_of_other_account",
      `This key is of ${fresh.account_name ?? fresh.account}; what was collected as ${labelOf(credential)} is of ${before.account_name ?? before.account}.`,
      `Store it under another name: aicost credentials add ${credential.provider} --name NAME`,
    );
  }
  const { account, account_known, account_name } = before;
  return { ...(account_name === undefined ? {} : { account_name }), ...fresh, account, account_known };
};

const ADDRESS: AddressKind = {
  code: "bad_base_url",
  what: "the address of an API",
  example: "For example: --base-url https://llm.example.com",
};

/** It is kept in the clear, so it must not hold a key. @throws UserError `bad_base_url` */
export const parseBaseUrl = (text: string): string => {
  const url = webAddress(text, ADDRESS);
  if (url.search !== "" || url.hash !== "" || holdsSecret(url.href)) {
    throw new UserError(
      ADDRESS.code,
      "Such an address holds no key, and nothing after a “?” or “#”.",
      ADDRESS.example,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
};
