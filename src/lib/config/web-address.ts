import type { ErrorCode } from "../error-codes.js";
import { UserError } from "../errors.js";

export interface AddressKind {
  code: ErrorCode;
  /** For example “the address of a Supabase project”. */
  what: string;
  example: string;
}

/** `https://` may be left out; plain http is only for this very machine. @throws UserError with the code given */
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

/** Whether an address that was typed shows whom it leads to. */
export const isShownBy = (origin: string, typed: string): boolean => {
  const rest = typed.trim().toLowerCase();
  const shown = [origin, origin.replace(/^https:\/\//, "")].find((start) => rest.startsWith(start));
  return shown !== undefined && /^(?:$|[/?#])/.test(rest.slice(shown.length)) && !rest.includes("\\");
};
