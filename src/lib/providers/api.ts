import { UserError } from "../errors.js";
import type { Answer } from "./answer.js";

/** Parameters of a request; those of several values are repeated, those without one are left out. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Requests carry the key, and are tried again if that may help. @throws `Refusal`, and UserErrors of exit 5 */
export interface ProviderApi {
  get(path: string, query?: Query, options?: RequestOptions): Promise<Answer>;
  post(path: string, body: unknown, options?: RequestOptions): Promise<Answer>;
}

export interface RequestOptions {
  /** Beside those that carry the key, or in their place. */
  headers?: Readonly<Record<string, string>>;
}

export class Refusal extends UserError {
  readonly status: number;
  /** The provider's own words, without keys. */
  readonly words: string;

  constructor(error: UserError, status: number, words: string) {
    super(error.code, error.message, error.hint, { details: { status } });
    this.status = status;
    this.words = words;
  }
}

export const isRefusal = (error: unknown, ...statuses: readonly number[]): error is Refusal =>
  error instanceof Refusal && statuses.includes(error.status);

/** Null if the request is answered. @throws any other error of the request */
export const refusalTo = async (
  request: Promise<Answer>,
  ...statuses: readonly number[]
): Promise<Refusal | null> => {
  try {
    await request;
    return null;
  } catch (error) {
    if (isRefusal(error, ...statuses)) return error;
    throw error;
  }
};
