import type { MailedProof } from "./server.js";

const TYPES = ["email", "magiclink", "signup", "recovery", "invite", "email_change"] as const;

/**
 * What a user has copied from the mail of a sign-in: a code, or the link that a project's own templates hold (its
 * `token` is the hash of the code, as is `token_hash` in templates for a server). People copy codes with spaces in them.
 * @returns null if it is neither
 */
export const pastedProof = (text: string): MailedProof | null => {
  const whole = text.trim().replace(/^<(.*)>$/s, "$1");
  if (!/^https?:\/\//i.test(whole)) {
    const code = whole.replaceAll(/\s/g, "");
    return /^\w{1,32}$/.test(code) ? { code } : null;
  }
  // A mail program may have broken the link into lines, or kept the form that it has in HTML.
  const link = whole.replaceAll(/\s/g, "").replaceAll("&amp;", "&");
  if (!URL.canParse(link)) return null;
  const { searchParams } = new URL(link);
  const hash = searchParams.get("token_hash") ?? searchParams.get("token") ?? "";
  if (!/^\w{16,256}$/.test(hash)) return null;
  const type = TYPES.find((name) => name === searchParams.get("type"));
  return { hash, type: type ?? "email" };
};
