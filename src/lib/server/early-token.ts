import { UserError } from "../errors.js";

/** The code of an error after which the same token is worth another try in a moment. */
export const TOKEN_EARLY = "token_early";

/** What PostgREST and GoTrue say of a token that is good, but not yet. */
export const isEarly = (message: string): boolean =>
  /issued at (the )?future|used before issued|not yet valid/i.test(message);

/**
 * The clocks of the servers of a project differ by a second or two, so that a new token is good a moment later.
 * @param clock see `clockHint`
 */
export const tokenEarly = (host: string, clock: string | null): UserError =>
  new UserError(
    TOKEN_EARLY,
    `${host} does not accept the access token yet: by its clock, the token was issued in the future.`,
    clock ?? "The clocks of the servers of the project differ. Run the command again in a few seconds.",
  );
