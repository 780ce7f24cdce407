import { UserError } from "../errors.js";
import type { HostedProfile } from "../config/profiles.js";
import { counted } from "../money.js";
import { FUNCTION_MISSING, hasCode } from "../server/server-errors.js";
import { schemaDifference } from "../store/recorded.js";
import { type Answer, type Check, type Data, type Finding, ok, warning, wrong } from "./check.js";

/** More days than these make reports slow until their sums are stored. */
const MANY_DAYS = 31;

/** The Supabase project: whether it answers, who is signed in, and its schema. */
export const project: Check = {
  name: "project",
  async look(setup) {
    const profile = setup.profile();
    if (profile.kind !== "hosted") return null;
    try {
      const data = await setup.data();
      return data === null ? null : findingOf(profile, await schemaOf(data));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return wrong(error.message, error.hint ?? null);
    }
  },
};

/** What lacks the function cannot say so itself: any other one says what is wrong with it. */
const schemaOf = async (data: Data): Promise<Answer<"get_schema_status">> => {
  try {
    return await data.call("get_schema_status", {});
  } catch (error) {
    if (hasCode(error, FUNCTION_MISSING)) await data.call("get_preferences", {});
    throw error;
  }
};

const findingOf = (profile: HostedProfile, status: Answer<"get_schema_status">): Finding => {
  const { migrations, stale_days } = status;
  const place = `${new URL(profile.url).host}, ${userOf(profile)}`;
  const schema = `schema ${migrations.at(-1) ?? "not recorded"}`;
  switch (migrations.length === 0 ? null : schemaDifference(status)) {
    case "older":
      return wrong(`${place}: its ${schema} is older than this version of aicost`, "aicost db migrate");
    case "newer":
      return warning(
        `${place}: its ${schema} is newer than this version of aicost`,
        "npm install -g aicost-cli@latest",
      );
    case "changed":
      return wrong(
        `${place}: its ${schema} is that of another version of aicost`,
        "aicost db status says how to move",
      );
    case null:
      return stale_days > MANY_DAYS
        ? warning(
            `${place}: ${counted(stale_days, "day")} without stored sums, so reports are slow`,
            "aicost db refresh",
          )
        : ok(`${place}, ${schema}`);
  }
};

const userOf = ({ token, saved }: HostedProfile): string =>
  token === undefined
    ? `signed in as ${saved?.session?.email || "a user without an e-mail address"}`
    : "by AICOST_ACCESS_TOKEN";
