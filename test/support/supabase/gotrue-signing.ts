import type { AuthServer } from "./auth-server.js";
import { provenClaims, publicKeys, signToken, type SigningKey } from "./signing-key.js";

/**
 * Stands in front of an Auth server that knows HS256 only, and makes it sign as GoTrue does in a project with signing
 * keys: each access token that it grants is signed again, with the key of the project, whose name is in the token's
 * header (`kid`); one that comes back is proven first. `/auth/v1/.well-known/jwks.json` publishes the key. This is not
 * GoTrue: it follows the documentation.
 * @param own the shared secret of the server behind it, which nobody else knows
 */
export const signedAsGoTrue = (server: AuthServer, own: SigningKey, project: SigningKey): AuthServer => ({
  mails: server.mails,
  stop: () => server.stop(),
  answer: async (request) =>
    new URL(request.url).pathname === "/auth/v1/.well-known/jwks.json"
      ? Response.json(publicKeys(project))
      : signed(await server.answer(asked(request, project, own)), own, project),
});

/** A request with a token of the project, as the server behind takes it. It refuses any other token itself. */
const asked = (request: Request, project: SigningKey, own: SigningKey): Request => {
  const [scheme, token] = request.headers.get("authorization")?.split(" ") ?? [];
  const claims = scheme === "Bearer" && token !== undefined ? provenClaims(token, project) : null;
  if (claims === null) return request;
  const translated = new Request(request);
  translated.headers.set("authorization", `Bearer ${signToken(claims, own)}`);
  return translated;
};

/** @throws Error for a token that the server did not sign */
const signed = async (response: Response, own: SigningKey, project: SigningKey): Promise<Response> => {
  if (!response.ok || !response.headers.get("content-type")?.includes("json")) return response;
  const answer = (await response.json()) as { access_token?: string };
  if (typeof answer.access_token !== "string") return Response.json(answer, { status: response.status });
  const claims = provenClaims(answer.access_token, own);
  if (claims === null) throw new Error("The Auth server granted a token that it did not sign.");
  return Response.json({ ...answer, access_token: signToken(claims, project) });
};
