import { compactDecrypt } from "jose/jwe/compact/decrypt";
import { CompactEncrypt } from "jose/jwe/compact/encrypt";
import { UserError } from "../errors.js";
import type { Hidden } from "../secrets/hidden.js";
import { type Ring, ringIn, textOf } from "./ring.js";

/** A key that is made of the passphrase (RFC 7518, 4.8) wraps the one that encrypts. Nothing else is opened either. */
const ALG = "PBES2-HS512+A256KW";
const ENC = "A256GCM";

/**
 * Rounds of PBKDF2: what we take, about half a second; and what a file may ask for before it counts as hostile. OWASP's
 * Password Storage Cheat Sheet wants 210,000 with SHA-512.
 */
const ROUNDS = { own: 600_000, most: 2_000_000 };

const LEAST_CHARACTERS = 12;

const MARK = "aicost vault";
const FIRST_LINE = `${MARK}, sealed with a passphrase; import it with: aicost vault import FILE`;

/** @returns a line for its reader, then a JWE in compact serialization. @throws UserError `weak_passphrase` */
export const exportRing = async (ring: Ring, passphrase: Hidden): Promise<string> => {
  refuseWeak(passphrase);
  const jwe = await new CompactEncrypt(Buffer.from(textOf(ring)))
    .setProtectedHeader({ alg: ALG, enc: ENC })
    .setKeyManagementParameters({ p2c: ROUNDS.own })
    .encrypt(bytesOf(passphrase));
  return `${FIRST_LINE}\n${jwe}\n`;
};

/** @throws UserError `not_a_vault`, `vault_not_opened` */
export const importRing = async (text: string, passphrase: Hidden): Promise<Ring> => {
  const [first = "", ...lines] = text.trim().split("\n");
  if (!first.startsWith(MARK)) throw notAVault();
  const content = await opened(lines.join("").replaceAll(/\s/g, ""), passphrase);
  if (content === null) throw notOpened();
  const ring = ringIn(content);
  if (ring === null) throw notAVault();
  return ring;
};

const refuseWeak = (passphrase: Hidden): void => {
  if (Array.from(normalized(passphrase)).length >= LEAST_CHARACTERS) return;
  throw new UserError(
    "weak_passphrase",
    `The passphrase is too short: it needs at least ${LEAST_CHARACTERS} characters.`,
    "Use several words that have nothing to do with each other.",
  );
};

/** Null instead of an error: what the library says of one may show a piece of the text. */
const opened = async (jwe: string, passphrase: Hidden): Promise<string | null> => {
  try {
    const { plaintext } = await compactDecrypt(jwe, bytesOf(passphrase), {
      keyManagementAlgorithms: [ALG],
      contentEncryptionAlgorithms: [ENC],
      maxPBES2Count: ROUNDS.most,
    });
    return Buffer.from(plaintext).toString();
  } catch {
    return null;
  }
};

/** Keyboards differ in how they write the same letter. */
const normalized = (passphrase: Hidden): string => passphrase.reveal().normalize("NFC");

const bytesOf = (passphrase: Hidden): Uint8Array => Buffer.from(normalized(passphrase));

const notOpened = (): UserError =>
  new UserError(
    "vault_not_opened",
    "The passphrase is wrong, or the file was changed.",
    "Try again, or export the vault again on the machine that has it: aicost vault export FILE",
  );

const notAVault = (): UserError =>
  new UserError(
    "not_a_vault",
    "This is not an aicost vault export, or a newer version wrote it.",
    "Export it on the machine that has the vault: aicost vault export FILE",
  );
