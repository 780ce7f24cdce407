import { generateKeyPairSync, sign } from "node:crypto";

/** What a TLS server needs, as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** A certificate for `localhost` that signs itself. @param from, until years of four digits */
export const selfSigned = (from = 2020, until = 2999): Certificate => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, Buffer.from("localhost")))));
  const validity = der(0x30, startOf(from), startOf(until));
  const contents = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      der(0x30, der(0x30, ALTERNATIVE_NAME, der(0x04, der(0x30, der(0x82, Buffer.from("localhost")))))),
    ),
  );
  const signature = der(0x03, Buffer.of(0), sign("sha256", contents, privateKey));
  return {
    cert: pem(der(0x30, contents, ECDSA_WITH_SHA256, signature)),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
};

/** One element of the binary form of certificates: its kind, its length, its parts. */
const der = (kind: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(kind, ...size), content]);
};

const COMMON_NAME = Buffer.from("0603550403", "hex");
const ALTERNATIVE_NAME = Buffer.from("0603551d11", "hex");
const ECDSA_WITH_SHA256 = Buffer.from("300a06082a8648ce3d040302", "hex");

const startOf = (year: number): Buffer => der(0x18, Buffer.from(`${year}0101000000Z`));

const pem = (content: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${content.toString("base64").replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
