import { type UserError, userErrorOf } from "../errors.js";
import { collectorOf } from "../providers/collectors.js";
import type { CredentialChanges, StoredCredential } from "../api.js";
import type { Ring } from "../vault/ring.js";
import { checkKey, findings, isDenied } from "./check.js";
import { opened } from "./sealing.js";
import { typedCollector } from "./find.js";

export interface CheckedCredential {
  provider: string;
  name: string;
  /** `unknown`: the provider did not answer, or the key could not be decrypted. */
  status: "valid" | "invalid" | "unknown";
  /** Why it is not valid, for scripts: such as `key_refused`, `credential_damaged`, `unreachable`. */
  code: string | null;
  account_name: string | null;
  /** What to know of it, or why it is not valid. */
  message: string | null;
  hint: string | null;
}

export interface Checked {
  credential: StoredCredential;
  result: CheckedCredential;
  /** What to keep of it; null if nothing was learned. */
  changes: CredentialChanges | null;
  error: UserError | null;
}

/** @param credential read with its ciphertext. What is wrong with its key is in the result. */
export const checkStored = async (
  ring: Ring | null,
  userId: string,
  credential: StoredCredential,
): Promise<Checked> => {
  const { provider, name, metadata } = credential;
  const account_name = metadata.account_name ?? null;
  const result = { provider, name, code: null, account_name, message: null, hint: null };
  try {
    const collector = collectorOf(provider) ?? typedCollector(provider);
    const key = await opened(ring, userId, credential);
    const check = await checkKey(collector, credential, key);
    return {
      credential,
      result: {
        ...result,
        status: "valid",
        account_name: check.accountName ?? result.account_name,
        message: check.note ?? null,
      },
      changes: {
        validation_status: "valid",
        metadata: findings(check, new Date().toISOString()),
      },
      error: null,
    };
  } catch (thrown) {
    const error = userErrorOf(thrown);
    const { code, message, hint = null } = error;
    const status = isDenied(error) ? ("invalid" as const) : ("unknown" as const);
    return {
      credential,
      result: { ...result, status, code, message, hint },
      changes: status === "invalid" ? { validation_status: "invalid" } : null,
      error,
    };
  }
};
