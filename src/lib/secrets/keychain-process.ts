import { text } from "node:stream/consumers";
import { type Entries, getValue, PartMissing, removeValue, setValue } from "./split-values.js";

/** What keychain.ts writes to the standard input of this program, as JSON. */
export type KeychainRequest = { name: string; longest: number } & (
  { do: "get" } | { do: "set"; value: string } | { do: "remove" }
);

/**
 * What it answers on its standard output, as JSON: the value or null to `get`, nothing to `set`, whether there was one
 * to `remove`; or why not: the keychain has no driver here, refused, did not keep what it was given, or lost a part.
 */
export type KeychainReply =
  | { answer: string | boolean | null }
  | { failed: "no_driver" | "refused" | "not_kept" | "part_missing"; why: string };

const SERVICE = "aicost";

const answerTo = async (request: KeychainRequest): Promise<KeychainReply> => {
  let entries: Entries;
  try {
    entries = await openEntries();
  } catch (error) {
    return { failed: "no_driver", why: messageOf(error) };
  }
  try {
    return await carryOut(request, entries);
  } catch (error) {
    return { failed: error instanceof PartMissing ? "part_missing" : "refused", why: messageOf(error) };
  }
};

/** Only three functions of keytar: those that find entries crash on a locked keyring. */
const openEntries = async (): Promise<Entries> => {
  const { getPassword, setPassword, deletePassword } = (await import("keytar")).default;
  return {
    get: (name) => getPassword(SERVICE, name),
    set: (name, value) => setPassword(SERVICE, name, value),
    remove: (name) => deletePassword(SERVICE, name),
  };
};

const carryOut = async (request: KeychainRequest, entries: Entries): Promise<KeychainReply> => {
  const { name } = request;
  if (request.do === "get") return { answer: await getValue(entries, name) };
  if (request.do === "remove") return { answer: await removeValue(entries, name) };
  await setValue(entries, name, request.value, request.longest);
  if ((await getValue(entries, name)) === request.value) return { answer: null };
  return { failed: "not_kept", why: "" };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const request = JSON.parse(await text(process.stdin)) as KeychainRequest;
process.stdout.write(JSON.stringify(await answerTo(request)));
