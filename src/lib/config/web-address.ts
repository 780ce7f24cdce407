import type { ErrorCode } from "../error-codes.js";
import { UserError } from "../errors.js";

/** What an address is for, for the words of errors. */
export interface AddressKind {
  /** Of the errors. */
  code: ErrorCode;
  /** For example “the address of a Supabase project”. */
  what: string;
  /** How one is written. */
  example: string;
}

/**
 * Reads an address that secrets are sent to, as a person types it: `https://` may be left out.
 * @throws UserError with the code given; plain http only for this very machine
 */
export const webAddress = (text: string, { code, what, example }: AddressKind): URL => {
  const trimmed = text.trim();
  const whole = /^[a-z]+:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (url === null || url.hostname === "" || !["https:", "http:"].includes(url.protocol)) {
    throw new UserError(code, `“${trimmed}” is not ${what}.`, example);
  }
  if (url.username !== "" || url.password !== "") {
    throw new UserError(code, "The address must not contain a user name or a password.", example);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new UserError(
      code,
      `${trimmed} is not encrypted; others could read everything sent there, secrets too.`,
      `Use https://${url.host}`,
    );
  }
  return url;
};

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
