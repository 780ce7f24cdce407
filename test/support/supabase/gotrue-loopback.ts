import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { ProjectAddress, TestUser } from "../supabase.js";
import { signToken } from "./signing-key.js";

/**
 * A small server on the loopback that answers in the form of GoTrue what the Auth server of the tests cannot: links in
 * mails, second factors, limits on mails. It is not GoTrue: it follows the documentation of its paths, answers and error
 * codes. Data requests go on to a real project, whose user it signs tokens for.
 */
export interface GoTrueLoopback {
  url: string;
  /** The links that were mailed, oldest first, in the default templates' form. */
  links: string[];
  /** Paths that were asked for, in their order. */
  requests: string[];
  /** Adds a verified authenticator app. @returns its secret, for `totpOf` */
  addApp(): string;
  /** What the next mail is refused with. */
  limitMails(message: string): void;
  stop(): Promise<void>;
}

interface App {
  id: string;
  secret: string;
}

/** The code that an authenticator app shows (RFC 6238: HMAC-SHA-1, 30 seconds, six digits). */
export const totpOf = (secret: string, at = Date.now()): string => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", Buffer.from(secret, "hex")).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};

export const startGoTrueLoopback = async (
  project: ProjectAddress,
  user: TestUser,
): Promise<GoTrueLoopback> => {
  const apps: App[] = [];
  const challenges = new Map<string, string>();
  const links: string[] = [];
  const requests: string[] = [];
  let hash: string | null = null;
  let limit: string | null = null;

  const granted = (aal: "aal1" | "aal2"): object => {
    const iat = Math.floor(Date.now() / 1000);
    const claims = { sub: user.id, aud: "authenticated", role: "authenticated", email: user.email };
    return {
      access_token: signToken(
        { ...claims, aal, session_id: randomUUID(), iat, exp: iat + 3600 },
        project.signingKey,
      ),
      token_type: "bearer",
      expires_in: 3600,
      expires_at: iat + 3600,
      refresh_token: randomBytes(9).toString("base64url"),
      user: {
        id: user.id,
        email: user.email,
        factors: apps.map(({ id }) => ({ id, factor_type: "totp", status: "verified", friendly_name: id })),
      },
    };
  };
  const refused = (status: number, error_code: string, msg: string): [number, object] => [
    status,
    { code: status, error_code, msg },
  ];

  const answer = (path: string, url: URL, body: Record<string, string>): [number, object] => {
    if (path === "settings") return [200, { external: { email: true }, disable_signup: false }];
    if (path === "logout") return [204, {}];
    if (path === "user") return [200, { id: user.id, email: user.email }];
    if (path === "token") {
      const isRight = body["email"] === user.email && body["password"] === user.password;
      return isRight
        ? [200, granted("aal1")]
        : refused(400, "invalid_credentials", "Invalid login credentials");
    }
    if (path === "otp") {
      if (limit !== null) return refused(429, "over_email_send_rate_limit", limit);
      const sent = `pkce_${createHash("sha224").update(randomBytes(8)).digest("hex")}`;
      hash = sent;
      links.push(
        `${url.origin}/auth/v1/verify?token=${sent}&type=magiclink&redirect_to=http://localhost:3000`,
      );
      return [200, {}];
    }
    if (path === "verify") {
      const isRight = body["token_hash"] === hash && ["magiclink", "email"].includes(body["type"] ?? "");
      if (hash === null || !isRight)
        return refused(403, "otp_expired", "Email link is invalid or has expired");
      hash = null;
      return [200, granted("aal1")];
    }
    const [, id = "", verb] = /^factors\/([^/]+)\/(challenge|verify)$/.exec(path) ?? [];
    const app = apps.find((each) => each.id === id);
    if (app === undefined) return refused(404, "mfa_factor_not_found", "Factor not found");
    if (verb === "challenge") {
      const challenge = randomUUID();
      challenges.set(challenge, id);
      return [200, { id: challenge, type: "totp", expires_at: Math.floor(Date.now() / 1000) + 300 }];
    }
    if (challenges.get(body["challenge_id"] ?? "") !== id)
      return refused(404, "mfa_factor_not_found", "MFA factor with the provided challenge ID not found");
    if (body["code"] !== totpOf(app.secret) && body["code"] !== totpOf(app.secret, Date.now() - 30_000))
      return refused(422, "mfa_verification_failed", "Invalid TOTP code entered");
    return [200, granted("aal2")];
  };

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
    requests.push(url.pathname);
    if (!url.pathname.startsWith("/auth/v1/")) {
      forward(incoming, outgoing, project.url);
      return;
    }
    const body = incoming.method === "POST" ? await json(incoming).catch(() => ({})) : {};
    const path = url.pathname.slice("/auth/v1/".length);
    const [status, content] = answer(path, url, body as Record<string, string>);
    outgoing.writeHead(status, { "content-type": "application/json" });
    outgoing.end(status === 204 ? undefined : JSON.stringify(content));
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    links,
    requests,
    addApp: () => {
      const secret = randomBytes(20).toString("hex");
      apps.push({ id: randomUUID(), secret });
      return secret;
    },
    limitMails: (message) => (limit = message),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const forward = (incoming: IncomingMessage, outgoing: ServerResponse, target: string): void => {
  const { method, headers } = incoming;
  const upstream = httpRequest(new URL(incoming.url ?? "/", target), { method, headers }, (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(outgoing);
  });
  upstream.on("error", () => outgoing.destroy());
  incoming.pipe(upstream);
};
