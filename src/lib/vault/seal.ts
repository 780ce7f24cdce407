import { flattenedDecrypt } from "jose/jwe/flattened/decrypt";
import { FlattenedEncrypt } from "jose/jwe/flattened/encrypt";
import { UserError } from "../errors.js";
import { Hidden } from "../secrets/hidden.js";
import type { VaultKey } from "./ring.js";

/** What a provider key belongs to. It is not in the sealed text, and without the very same it does not open. */
export interface Binding {
  user_id: string;
  credential_id: string;
  provider: string;
  /** Where the key is sent to; null for the provider's own address. */
  base_url: string | null;
}

export interface Called {
  label: string;
  args: string;
}

/** Direct encryption with the vault key (RFC 7518, 4.5 and 5.3). Nothing else is opened either. */
const ALG = "dir";
const ENC = "A256GCM";

/** @returns a flattened JWE in JSON (RFC 7516, 7.2.2) without its `aad`, which is the binding */
export const sealKey = async (key: Hidden, vaultKey: VaultKey, binding: Binding): Promise<string> => {
  const jwe = await new FlattenedEncrypt(Buffer.from(key.reveal()))
    .setProtectedHeader({ alg: ALG, enc: ENC, kid: vaultKey.id })
    .setAdditionalAuthenticatedData(aadOf(binding))
    .encrypt(bytesOf(vaultKey));
  return textOf(jwe as Sealed);
};

/** @throws UserError `credential_damaged` unless it is, byte for byte, what `sealKey` made of that binding */
export const openKey = async (
  sealed: string,
  vaultKey: VaultKey,
  binding: Binding,
  called: Called,
): Promise<Hidden> => {
  const key = await opened(sealed, vaultKey, binding);
  if (key === null) throw damaged(called);
  return key;
};

type Sealed = Record<"protected" | "iv" | "ciphertext" | "tag", string>;

const textOf = ({ protected: header, iv, ciphertext, tag }: Sealed): string =>
  JSON.stringify({ protected: header, iv, ciphertext, tag });

/** Null instead of an error: what the libraries say of one may show a piece of the text. */
const opened = async (sealed: string, vaultKey: VaultKey, binding: Binding): Promise<Hidden | null> => {
  try {
    const jwe = JSON.parse(sealed) as Sealed;
    if (textOf(jwe) !== sealed || !Object.values(jwe).every(isBase64url)) return null;
    const { plaintext, protectedHeader } = await flattenedDecrypt(
      { ...jwe, aad: Buffer.from(aadOf(binding)).toString("base64url") },
      bytesOf(vaultKey),
      { keyManagementAlgorithms: [ALG], contentEncryptionAlgorithms: [ENC] },
    );
    return protectedHeader?.kid === vaultKey.id ? new Hidden(Buffer.from(plaintext).toString()) : null;
  } catch {
    return null;
  }
};

/** Several texts of base64 can stand for the same bytes; only one of them is what `sealKey` wrote. */
const isBase64url = (text: string): boolean => Buffer.from(text, "base64url").toString("base64url") === text;

/** Always in this order. */
const aadOf = ({ user_id, credential_id, provider, base_url }: Binding): Uint8Array =>
  Buffer.from(JSON.stringify({ user_id, credential_id, provider, base_url }));

const bytesOf = ({ secret }: VaultKey): Uint8Array => Buffer.from(secret.reveal(), "base64url");

const damaged = ({ label, args }: Called): UserError =>
  new UserError(
    "credential_damaged",
    `The key of ${label} cannot be decrypted: it was changed since it was encrypted, or it belongs to another row.`,
    `Enter the key again with: aicost credentials rotate ${args}`,
  );
