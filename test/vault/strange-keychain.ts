import { readFileSync, writeFileSync } from "node:fs";
import { onTestFinished, vi } from "vitest";
import { fileIn, type Home } from "../support/cli.js";

/** A keychain as far as a program sees it. */
export interface Keychain {
  /** One that is closed knows of no entry and takes none. */
  isOpen: boolean;
  /** Whether a person opens it when it is to take an entry. */
  opensForEntries: boolean;
  entries: Record<string, string>;
}

/** Answers for the operating system in the process that asks its keychain. */
const program = (file: string): string => `
  import { readFileSync, writeFileSync } from "node:fs";
  const { do: what, name, value } = JSON.parse(readFileSync(0, "utf8"));
  const keychain = JSON.parse(readFileSync(${JSON.stringify(file)}, "utf8"));
  if (what === "set" && keychain.opensForEntries) keychain.isOpen = true;
  const { isOpen, entries } = keychain;
  const isThere = isOpen && name in entries;
  let reply = { answer: isThere };
  if (what === "get") reply = { answer: isThere ? entries[name] : null };
  if (what === "set") reply = isOpen ? { answer: null } : { failed: "refused", why: "it is locked" };
  if (what === "set" && isOpen) entries[name] = value;
  if (what === "remove") delete entries[name];
  writeFileSync(${JSON.stringify(file)}, JSON.stringify(keychain));
  writeFileSync(1, JSON.stringify(reply));
  process.exit(0);`;

/** Puts such a keychain in the place of the machine's own, until the test is over. @returns what becomes of it */
export const useKeychain = (home: Home, keychain: Partial<Keychain>): { read(): Keychain; clear(): void } => {
  const whole = { isOpen: true, opensForEntries: false, entries: {}, ...keychain };
  const file = fileIn(home, "keychain.json", JSON.stringify(whole));
  const url = `data:text/javascript,${encodeURIComponent(program(file)).replaceAll("'", "%27")}`;
  vi.stubEnv("NODE_OPTIONS", `--import=${url}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const read = (): Keychain => JSON.parse(readFileSync(file, "utf8")) as Keychain;
  return { read, clear: () => writeFileSync(file, JSON.stringify({ ...read(), entries: {} })) };
};
