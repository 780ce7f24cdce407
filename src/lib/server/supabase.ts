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
