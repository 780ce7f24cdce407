import type { Store } from "../store/store.js";
import { type UserError, userErrorOf } from "../errors.js";
import type { Message } from "./send.js";

/** Something to be told once, by whichever machine of the user comes first. */
export interface Notice {
  /** What it is about: the same on every machine. */
  key: string;
  /** Lesser notices that are out of date with it, and are not sent after it. */
  covers: readonly string[];
  /** For people. */
  line: string;
  /** For programs. */
  facts: object;
}

export interface Delivery {
  /** What was sent now. */
  sent: Notice[];
  /** Why it was not, if there was something to send. */
  failure?: UserError;
}

interface Tools {
  /** Opens the store for a short while: the program that is told may use it, too. */
  inStore: <Result>(work: (store: Pick<Store, "call">) => Promise<Result>) => Promise<Result>;
  send: (message: Message) => Promise<void>;
}

/**
 * Sends those of the notices that no machine has sent, in one message. If that fails, they are free for the next try.
 * @throws what the store throws
 */
export const deliver = async (notices: readonly Notice[], { inStore, send }: Tools): Promise<Delivery> => {
  if (notices.length === 0) return { sent: [] };
  const keys = notices.flatMap(({ key, covers }) => [key, ...covers]);
  const claimed = await inStore((store) => store.call("claim_notices", { keys }));
  if (claimed.length === 0) return { sent: [] };
  const due = notices.filter(({ key }) => claimed.includes(key));
  const settle = (is_sent: boolean) =>
    inStore((store) => store.call("settle_notices", { keys: claimed, is_sent }));
  try {
    if (due.length > 0)
      await send({ lines: due.map(({ line }) => line), notices: due.map(({ facts }) => facts) });
  } catch (error) {
    await settle(false);
    return { sent: [], failure: userErrorOf(error) };
  }
  await settle(true);
  return { sent: due };
};
