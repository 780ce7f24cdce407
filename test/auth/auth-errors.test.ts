import { describe, expect, it } from "vitest";
import { authError } from "../../src/lib/server/auth-errors.js";

const attempt = { url: "https://p.supabase.co", profile: "work", email: "me@example.com" };

describe("what Supabase Auth refuses", () => {
  it.each([
    "refresh_token_not_found",
    "refresh_token_already_used",
    "session_not_found",
    "session_expired",
    "user_not_found",
    "user_banned",
  ])("%s ends a session, and names the way back", (code) => {
    const error = authError({ code, status: 400, message: "Gone" }, { ...attempt, renewing: true });
    expect(error).toMatchObject({ exit: 3, hint: expect.stringContaining("aicost login") as string });
  });

  it("takes a token that is not a token for one that is over", () => {
    const refusal = { code: "validation_failed", status: 400, message: "Refresh token is not valid" };
    expect(authError(refusal, { ...attempt, renewing: true })).toMatchObject({
      exit: 3,
      code: "not_signed_in",
    });
    expect(authError(refusal, attempt)).toMatchObject({ exit: 4, code: "email_refused" });
  });

  it.each([
    ["over_request_rate_limit", 5, "rate_limited"],
    ["over_email_send_rate_limit", 5, "rate_limited"],
    ["email_not_confirmed", 3, "email_not_confirmed"],
    ["signup_disabled", 3, "signup_disabled"],
    ["email_address_not_authorized", 4, "mail_not_allowed"],
    ["email_address_invalid", 4, "email_refused"],
    ["email_provider_disabled", 3, "provider_disabled"],
    ["oauth_provider_not_supported", 3, "provider_disabled"],
    ["flow_state_expired", 3, "oauth_failed"],
    ["email_exists", 4, "user_exists"],
  ])("%s has a message of its own, and something to do", (code, exit, ours) => {
    const error = authError({ code, status: 400, message: "Server's words" }, attempt);
    expect(error).toMatchObject({ exit, code: ours, hint: expect.stringMatching(/\w/) as string });
    expect(error.message).toMatch(/^[^]+\.$/);
  });

  it("tells what nobody knows in the server's words, on one line and without control characters", () => {
    const error = authError({ code: "new_thing", status: 422, message: "Not\n\u001b]0;today." }, attempt);
    expect(error.message).toBe("The project https://p.supabase.co refuses this: Not ]0;today (new_thing).");
  });

  it("tells a wrong clock if a token is refused", () => {
    const clock = "The clock of this machine is 10 minutes ahead of that of the server; set it right.";
    const error = authError({ code: "bad_jwt", status: 403, message: "" }, { ...attempt, clock });
    expect(error.hint).toBe(`${clock}\nSign in again with: aicost login --profile work`);
  });
});
