import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import { signedAsGoTrue } from "./gotrue-signing.js";
import type { Keys } from "./keys.js";
import { newSigningKey, secretOf } from "./signing-key.js";

/** An e-mail that Auth would have sent. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface AuthOptions {
  databaseUrl: string;
  /** Where the project is reached, and where its GitHub is. */
  url: string;
  githubUrl: string;
  keys: Keys;
  /** Whether an e-mail address must be confirmed before the first sign-in. */
  confirmations: boolean;
  /** How long an access token is good for. */
  jwtExpirySeconds: number;
}

export interface AuthServer {
  /** Answers one request to `/auth/v1/…`. */
  answer(request: Request): Promise<Response>;
  mails: readonly Mail[];
  stop(): Promise<void>;
}

/** Starts Auth in this process and makes its tables. It listens nowhere, and sends no e-mail. */
export const startAuth = async (options: AuthOptions): Promise<AuthServer> => {
  const mails: Mail[] = [];
  const own = newSigningKey("HS256");
  const connection = createPostgresConnection({
    url: options.databaseUrl,
    postgresOptions: { max: 4, onnotice: () => undefined, types: { json: asIs(114), jsonb: asIs(3802) } },
  });
  const app = new App({
    connection,
    api: { external_url: options.url },
    db: { migrations: { enabled: false } },
    storage: { enabled: false },
    auth: settings(options, secretOf(own)),
    options: {
      drivers: {
        email: {
          send: ({ to, subject, text = "" }) => {
            mails.push({ to, subject, text });
            return Promise.resolve();
          },
        },
      },
    },
  });
  await app.init();
  await app.ensureSystemSchema();
  const server: AuthServer = {
    answer: (request) => app.fetch(request),
    mails,
    stop: () => connection.close(),
  };
  return signedAsGoTrue(server, own, options.keys.signing);
};

const settings = (
  { url, githubUrl, keys, confirmations, jwtExpirySeconds }: AuthOptions,
  jwtSecret: string,
) => ({
  enabled: true,
  jwt_secret: jwtSecret,
  jwt_expiry: jwtExpirySeconds,
  publishable_key: keys.publishable,
  secret_key: keys.secret,
  site_url: url,
  additional_redirect_urls: [],
  email: { enable_confirmations: confirmations },
  external: {
    github: { enabled: true, url: githubUrl, client_id: "aicost-test", secret: "not-a-secret" },
  },
});

/** The server hands JSON over as text already, which its driver would encode once more. */
const asIs = (oid: number) => ({
  to: oid,
  from: [oid],
  serialize: (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)),
  parse: (text: string) => JSON.parse(text) as unknown,
});
