import { makeFetch } from "../../../src/lib/server/http.js";
import { PROJECT } from "../../../src/lib/server/project.js";
import type { HostedProfile } from "../../../src/lib/config/profiles.js";
import type { Tokens } from "../../../src/lib/auth/session.js";
import { openHosted } from "../../../src/lib/store/hosted.js";
import type { Store } from "../../../src/lib/store/store.js";
import { authClient } from "../../../src/lib/server/supabase.js";
import type { ProjectAddress, TestProject } from "../supabase.js";

/** A profile of a project, as `aicost login` would have made it. */
export const profileOf = (
  { url, key }: Pick<ProjectAddress, "url" | "key">,
  given: Partial<HostedProfile> = {},
): HostedProfile => ({
  kind: "hosted",
  name: "supabase",
  url,
  key,
  saved: undefined,
  token: undefined,
  ...given,
});

/** Signs a new user up and in. @returns an access token of the Auth server */
export const newToken = async (project: TestProject): Promise<string> => {
  const { email, password } = await project.newUser();
  const auth = authClient(
    project,
    makeFetch(PROJECT, () => "if_unreached"),
  );
  const { data, error } = await auth.signInWithPassword({ email, password });
  if (error) throw error;
  return data.session.access_token;
};

/** One access token, as `AICOST_ACCESS_TOKEN` gives it, but that a renewal brings the same again. */
export const tokensOf = (token: string): Tokens => ({
  current: () => Promise.resolve(token),
  renew: () => Promise.resolve(token),
});

/** Opens a project for a new user who signed in. */
export const openProject = async (project: TestProject): Promise<Store> =>
  openHosted(profileOf(project), {
    tokens: tokensOf(await newToken(project)),
    rememberSchema: () => undefined,
  });
