import { randomBytes } from "node:crypto";
import { newSigningKey, type Algorithm, type SigningKey } from "./signing-key.js";

/** The secrets of one project. */
export interface Keys {
  /** For everybody: stands for the role `anon`. */
  publishable: string;
  /** For servers: stands for the role `service_role`. */
  secret: string;
  /** Signs access tokens. */
  signing: SigningKey;
  /** Of every database role that may sign in. */
  databasePassword: string;
}

export const newKeys = (algorithm: Algorithm): Keys => {
  const random = (): string => randomBytes(18).toString("base64url");
  return {
    publishable: `sb_publishable_${random()}`,
    secret: `sb_secret_${random()}`,
    signing: newSigningKey(algorithm),
    databasePassword: randomBytes(18).toString("hex"),
  };
};
