import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Project } from "../config/profiles.js";

/** Never used: nothing here listens for changes, but the client insists on a WebSocket, which Node 20 does not have. */
const NO_SOCKET = Object as never;

const OPTIONS = {
  auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false, flowType: "pkce" },
  realtime: { transport: NO_SOCKET },
} as const;

/** A client for Supabase Auth. It keeps nothing: sessions are kept by session.ts. */
export const authClient = ({ url, key }: Project, fetch: typeof globalThis.fetch): SupabaseClient["auth"] =>
  createClient(url, key, { ...OPTIONS, global: { fetch } }).auth;

/**
 * A client for the data. Each call must name its access token, in the header `Authorization`: asked by the client, a
 * session that is over would make it print a warning.
 */
export const dataClient = (
  { url, key }: Project,
  fetch: typeof globalThis.fetch,
): Pick<SupabaseClient, "rpc"> =>
  createClient(url, key, {
    realtime: OPTIONS.realtime,
    accessToken: () => Promise.resolve(key),
    global: { fetch },
  });
