import { createHmac, randomBytes } from "node:crypto";

/** The secrets of one project. */
export interface Keys {
  /** For everybody: stands for the role `anon`. */
  publishable: string;
  /** For servers: stands for the role `service_role`. */
  secret: string;
  /** Signs access tokens. */
  jwtSecret: string;
  /** Of every database role that may sign in. */
  databasePassword: string;
}

export const newKeys = (): Keys => {
  const random = (): string => randomBytes(18).toString("base64url");
  return {
    publishable: `sb_publishable_${random()}`,
    secret: `sb_secret_${random()}`,
    jwtSecret: randomBytes(32).toString("hex"),
    databasePassword: randomBytes(18).toString("hex"),
  };
};

/** An access token (HS256) with any claims, for tests that need one which Auth would not give. */
export const signToken = (claims: Record<string, unknown>, jwtSecret: string): string => {
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", jwtSecret).update(signed).digest("base64url")}`;
};
