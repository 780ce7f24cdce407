import { fixture, type Replay } from "../replay.js";

/** A key that the replayed DeepSeek accepts. */
export const DEEPSEEK_KEY = `sk-${"d".repeat(32)}`;

export interface DeepseekBalance {
  currency: string;
  total_balance: string;
  granted_balance: string;
  topped_up_balance: string;
}

/** An account whose balances a test may change. */
export interface DeepseekAccount {
  balances: DeepseekBalance[];
}

/** An account with the balance of the fixture. */
export const deepseekAccount = (): DeepseekAccount => ({
  balances: fixture<{ balance_infos: DeepseekBalance[] }>("deepseek-balance").balance_infos,
});

/** DeepSeek, which knows the balance of an account. */
export const replayDeepseek =
  (account: DeepseekAccount): Replay =>
  ({ path, headers }) => {
    if (headers.authorization !== `Bearer ${DEEPSEEK_KEY}`) {
      const message = "Authentication Fails, Your api key: ****dddd is invalid";
      return { status: 401, body: { error: { message, type: "authentication_error" } } };
    }
    if (path !== "/user/balance") return { status: 404, body: { error_msg: "Not Found" } };
    return { status: 200, body: { is_available: true, balance_infos: account.balances } };
  };
