import { UserError, userErrorOf } from "../errors.js";
import { hasDatabase } from "../store/embedded-database.js";
import {
  type Check,
  type DoctorCheck,
  type Data,
  type Finding,
  type Given,
  type Setup,
  unknown,
} from "./check.js";

/** Looks at one thing after the other. Never throws; changes nothing. */
export const examine = async (checks: readonly Check[], given: Given): Promise<DoctorCheck[]> => {
  const setup: Setup = { ...given, data: once(() => dataOf(given)) };
  const results: DoctorCheck[] = [];
  for (const check of checks) {
    const found = await findingOf(check, setup);
    if (found !== null) results.push({ name: check.name, ...found });
  }
  return results;
};

const findingOf = async (check: Check, setup: Setup): Promise<Finding | null> => {
  try {
    return await check.look(setup);
  } catch (error) {
    const { message, hint = null } = userErrorOf(error);
    const says = error instanceof UserError ? message : message.replace(/^This is a bug in aicost: /, "");
    return unknown(`could not be checked: ${says}`, hint);
  }
};

const dataOf = async ({ profile, dataDir, openStore }: Given): Promise<Data | null> => {
  if (profile().kind === "embedded" && !hasDatabase(dataDir)) return null;
  const store = await openStore();
  const answers = new Map<string, unknown>();
  return {
    call: (name, args) => {
      const question = JSON.stringify([name, args]);
      const answer = (answers.get(question) ?? store.call(name, args)) as ReturnType<
        typeof store.call<typeof name>
      >;
      answers.set(question, answer);
      return answer;
    },
  };
};

const once = <Result>(work: () => Promise<Result>): (() => Promise<Result>) => {
  let result: Promise<Result> | undefined;
  return () => (result ??= work());
};
