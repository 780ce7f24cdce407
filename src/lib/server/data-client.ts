import { PostgrestClient } from "@supabase/postgrest-js";
import type { Project } from "../config/profiles.js";
import { PlainHeaders } from "./headers.js";
import { type Send, textOf } from "./http.js";

/**
 * The part of Supabase's client that calls the functions of a project; all of the client takes longer to load than the
 * rest of a command. Each call must name its access token, in the header `Authorization`.
 */
export const dataClient = ({ url, key }: Project, send: Send): Pick<PostgrestClient, "rpc"> =>
  new PostgrestClient(`${url}/rest/v1`, { headers: { apikey: key }, schema: "public", fetch: fetchOf(send) });

/** What the client needs of a `fetch`: it asks an answer for its status, its headers and its text. */
const fetchOf =
  (send: Send): typeof fetch =>
  async (input, { method = "GET", headers, body } = {}) => {
    const given = new PlainHeaders(headers as Record<string, string>);
    const answer = await send(new URL(input), { method, headers: given, body: textOf(body) });
    const text = () => Promise.resolve(answer.body.toString());
    return {
      ok: answer.status < 400,
      status: answer.status,
      headers: answer.headers,
      text,
    } as unknown as Response;
  };
