import { authError, serverWords, wrongKey } from "../server/auth-errors.js";
import { notSupabase, projectClosed } from "../server/project-errors.js";
import { UserError } from "../errors.js";
import { jsonIn, objectOr } from "../system/json.js";

export interface AuthSettings {
  signup: boolean;
  /** A way to sign in: `email`, `github`, `google` … */
  allows(provider: string): boolean;
}

/** Refusals included: their body is JSON or empty. @throws UserError `not_supabase`, `auth_failed` */
export const understood = async (response: Response, url: string): Promise<Response> => {
  const { status, headers } = response;
  if (status >= 300 && status < 400) throw redirected(url, headers.get("location"));
  const text = await response.text();
  const body = jsonIn(text);
  const closed = projectClosed(status, url);
  if (closed !== null) throw closed;
  if (status >= 500) throw failed(status, body, url);
  const isStrange = body === undefined && text !== "";
  if (isStrange && status === 429) throw authError({ status, message: "" }, { url, profile: "", email: "" });
  if (isStrange) throw notSupabase(url);
  return new Response(text === "" ? null : text, { status, headers });
};

/** @throws UserError `not_supabase` */
export const settingsIn = async (response: Response, url: string): Promise<AuthSettings> => {
  if (response.status === 401) throw wrongKey(url);
  const settings = objectOr(jsonIn(await response.text()));
  const ways = objectOr(settings["external"]);
  if (!response.ok || Object.keys(ways).length === 0) throw notSupabase(url);
  return { signup: settings["disable_signup"] !== true, allows: (provider) => ways[provider] === true };
};

const redirected = (url: string, location: string | null): UserError => {
  const to = location !== null && URL.canParse(location, url) ? new URL(location, url).origin : url;
  if (to === url) return notSupabase(url);
  if (url.startsWith("https:") && to.startsWith("http:"))
    return new UserError(
      "not_supabase",
      `${url} redirects to ${to}, which is not encrypted. aicost sent nothing there.`,
      "A Supabase project never does that: check the address, and the network that you are in.",
    );
  return new UserError("not_supabase", `${url} redirects to ${to}.`, `If that is your project: --url ${to}`);
};

const failed = (status: number, body: unknown, url: string): UserError => {
  const { msg, message } = objectOr(body);
  const said = [msg, message].find((words) => typeof words === "string");
  const why = typeof said === "string" ? `: ${serverWords(said)}` : "";
  return new UserError(
    "auth_failed",
    `The Auth server of ${url} failed (${status})${why}.`,
    "Try again in a while; what went wrong is in the dashboard of the project, Logs, Auth.",
  );
};
