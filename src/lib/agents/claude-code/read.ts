import { createHash } from "node:crypto";
import type { LogReader, Reading } from "../agent.js";
import type { AgentCall } from "../call.js";
import { sharedName } from "../fields.js";
import { mergeCall } from "../merge.js";
import { claudePaidBy } from "./homes.js";
import type { Sight } from "./usage.js";

/** What lines of a message say together: those of one request, and those without one. */
interface Response {
  /** Empty if the lines do not name it. */
  request: string;
  suffix: string;
  call: AgentCall;
}

/** A message, and the request that has its key, both as short hashes: each file keeps its last ones. */
type Recent = [message: string, request: string];
const KEPT = 2;

/**
 * One message is one response, unless lines of it name several requests: then the first has the message's key. What
 * side chains repeat of a message, under other requests, counts only if the message itself is nowhere to be seen.
 */
export const beginClaude = ({ place, call }: Reading): LogReader => {
  const paidBy = claudePaidBy(place);
  const messages = new Map<string, Response[]>();
  const earlier = new Map<string, string>();
  return {
    open: (_, carry) => {
      const before = (Array.isArray(carry) ? carry : []) as Recent[];
      for (const [message, request] of before) earlier.set(message, request);
      let last: Sight[] = [];
      return {
        value: (value) => {
          const sight = value as Sight;
          for (const part of sight.parts) settle(part.call, paidBy);
          if (sight.message === null) giveParts(sight, call);
          else {
            keep(messages, sight.message, sight);
            if (!isAside(sight))
              last = [...last.filter((other) => !repeats(sight, other)), sight].slice(-KEPT);
          }
        },
        carry: () => recentOf(before, last),
      };
    },
    end: () => {
      for (const [id, responses] of messages) {
        const first = earlier.size > 0 ? earlier.get(short(id)) : undefined;
        for (const response of withKeys(id, responses, first)) call(response);
      }
      return undefined;
    },
  };
};

/** Adds to a call who pays if its line does not tell, and the memory that its names share with others. */
const settle = (call: AgentCall, paidBy: AgentCall["paidBy"]): void => {
  call.paidBy ??= paidBy;
  call.model = sharedName(call.model);
  call.session = sharedName(call.session);
  call.project = sharedName(call.project);
  call.version = sharedName(call.version);
};

/** A line without the id of a message is a response by itself. */
const giveParts = ({ line, parts }: Sight, give: Reading["call"]): void => {
  for (const { suffix, call } of parts) give({ ...call, key: line + suffix });
};

const isAside = ({ parts }: Sight): boolean => parts[0]?.call.mayBeCopy ?? false;

/** Whether the later line says all that the earlier one does of the request of a message. */
const repeats = (later: Sight, earlier: Sight): boolean =>
  later.message === earlier.message && (later.request !== null || earlier.request === null);

const keep = (messages: Map<string, Response[]>, id: string, sight: Sight): void => {
  const responses = messages.get(id) ?? [];
  messages.set(id, responses);
  const request = isAside(sight) ? "" : (sight.request ?? "");
  for (const { suffix, call } of sight.parts) {
    const known = responses.find(
      (other) =>
        other.request === request && other.suffix === suffix && other.call.mayBeCopy === call.mayBeCopy,
    );
    if (known) known.call = mergeCall(known.call, call);
    else responses.push({ request, suffix, call });
  }
};

const recentOf = (before: readonly Recent[], last: readonly Sight[]): Recent[] | undefined => {
  const recent = new Map(before);
  for (const { message, request } of last) {
    const id = short(message ?? "");
    const known = recent.get(id);
    recent.delete(id);
    recent.set(id, known || (request === null ? "" : short(request)));
  }
  return recent.size > 0 ? [...recent].slice(-KEPT) : undefined;
};

const short = (id: string): string => createHash("sha256").update(id).digest("base64").slice(0, 8);

/** @param first the request that has the message's key since an earlier reading, as a short hash */
const withKeys = (id: string, responses: readonly Response[], first: string | undefined): AgentCall[] => {
  const originals = responses.filter(({ call }) => !call.mayBeCopy);
  const counted = originals.length > 0 ? originals : responses;
  const named = counted.filter(({ request }) => request !== "");
  const requests = [...new Set(named.sort(byTime).map(({ request }) => request))];
  const owner = first ? requests.find((request) => short(request) === first) : requests[0];
  return counted.map(({ request, suffix, call }) => ({
    ...call,
    key: (request === "" || request === owner ? id : `${id}:${request}`) + suffix,
  }));
};

const byTime = (one: Response, other: Response): number => (one.call.at < other.call.at ? -1 : 1);
