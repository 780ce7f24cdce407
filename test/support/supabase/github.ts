import { randomBytes } from "node:crypto";

/** Who signs in at the GitHub of the tests. */
export const GITHUB_USER = { id: 583231, login: "octocat", name: "Mona", email: "octocat@example.com" };

/**
 * Answers for a GitHub that everybody is signed in to: its login page sends the browser back at once, with a code.
 * @param url what is asked for, below `/github`
 */
export const answerAsGitHub = ({ pathname, searchParams: asked }: URL): Response => {
  const { id, login, name, email } = GITHUB_USER;
  switch (pathname.slice("/github".length)) {
    case "/login/oauth/authorize": {
      const back = new URL(asked.get("redirect_uri") ?? "");
      back.searchParams.set("code", randomBytes(10).toString("hex"));
      back.searchParams.set("state", asked.get("state") ?? "");
      return Response.redirect(back, 302);
    }
    case "/login/oauth/access_token":
      return Response.json({ access_token: "gho_test", token_type: "bearer", scope: "user:email" });
    case "/api/v3/user":
      return Response.json({ id, login, name, email: null, avatar_url: "" });
    case "/api/v3/user/emails":
      return Response.json([{ email, primary: true, verified: true }]);
    default:
      return Response.json({ message: "Not Found" }, { status: 404 });
  }
};
