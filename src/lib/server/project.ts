import type { Service } from "./http.js";
import { fateOf } from "./server-errors.js";

export const PROJECT: Service = {
  fateOf: ({ status, body }) => fateOf(status, body),
  addressHint: ({ hostname }) =>
    [
      "Check the network, and the address of the project: aicost profiles",
      ...(hostname.endsWith(".supabase.co")
        ? ["A project that is paused cannot be reached either; restore it in https://supabase.com/dashboard"]
        : []),
    ].join("\n"),
};
