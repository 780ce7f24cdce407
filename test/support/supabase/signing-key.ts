import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  randomBytes,
  randomUUID,
  sign,
  verify,
} from "node:crypto";
import { claimsOf } from "../../../src/lib/auth/claims.js";

/** How a project signs access tokens: a new one with ES256; RS256 can be chosen; one of before 2025 has HS256. */
export type Algorithm = "ES256" | "RS256" | "HS256";

/** Signs access tokens: a JSON Web Key with its private part. */
export interface SigningKey extends JsonWebKey {
  alg: Algorithm;
  /** Names it in the header of each token. */
  kid: string;
}

export type Claims = Readonly<Record<string, unknown>>;

const base64url = (text: string): string => Buffer.from(text).toString("base64url");

const PAIRS = {
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

export const newSigningKey = (alg: Algorithm): SigningKey => {
  const kid = randomUUID();
  if (alg === "HS256") return { kty: "oct", k: base64url(randomBytes(32).toString("hex")), alg, kid };
  return { ...PAIRS[alg]().privateKey.export({ format: "jwk" }), alg, kid };
};

/** What proves the tokens of a key. A secret proves itself. */
const proofOf = (key: SigningKey): JsonWebKey => {
  if (key.alg === "HS256") return key;
  const { alg, kid } = key;
  return {
    ...createPublicKey({ key, format: "jwk" }).export({ format: "jwk" }),
    alg,
    kid,
    use: "sig",
    key_ops: ["verify"],
  };
};

/** The shared secret of HS256, as text. */
export const secretOf = ({ k = "" }: SigningKey): string => Buffer.from(k, "base64url").toString();

/** The key set that proves the tokens of a project: for its own servers, which know a shared secret as well. */
export const serverKeys = (key: SigningKey): { keys: JsonWebKey[] } => ({ keys: [proofOf(key)] });

/** The key set for everybody: `/auth/v1/.well-known/jwks.json`. A shared secret is not in it. */
export const publicKeys = (key: SigningKey): { keys: JsonWebKey[] } =>
  key.alg === "HS256" ? { keys: [] } : serverKeys(key);

/** An access token with any claims. */
export const signToken = (claims: Claims, key: SigningKey): string => {
  const header = { alg: key.alg, kid: key.kid, typ: "JWT" };
  const content = [header, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  return `${content}.${signatureOf(content, key).toString("base64url")}`;
};

const signatureOf = (content: string, key: SigningKey): Buffer =>
  key.alg === "HS256"
    ? createHmac("sha256", secretOf(key)).update(content).digest()
    : sign("sha256", Buffer.from(content), {
        key: createPrivateKey({ key, format: "jwk" }),
        dsaEncoding: RAW,
      });

/** The two numbers of a signature one after the other, as JSON Web Tokens have them. */
const RAW = "ieee-p1363";

/** What a token says; null if this key did not sign it. Whether it has expired is not looked at. */
export const provenClaims = (token: string, key: SigningKey): Claims | null => {
  const at = token.lastIndexOf(".");
  const [content, signature] = [token.slice(0, at), Buffer.from(token.slice(at + 1), "base64url")];
  return isSigned(content, signature, key) ? claimsOf(token) : null;
};

const isSigned = (content: string, signature: Buffer, key: SigningKey): boolean =>
  key.alg === "HS256"
    ? signatureOf(content, key).equals(signature)
    : verify(
        "sha256",
        Buffer.from(content),
        { key: createPublicKey({ key, format: "jwk" }), dsaEncoding: RAW },
        signature,
      );
