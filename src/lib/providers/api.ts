import { UserError } from "../errors.js";
import type { Answer } from "./answer.js";

/** Parameters of a request; those of several values are repeated, those without one are left out. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/**
 * A provider's API as its collector sees it: requests that carry the key, and answers in JSON. Each request is tried
 * again if that may help.
 * @throws from each method: `Refusal`, and UserErrors of exit 5 if there is no answer, or with something other than JSON
 */
export interface ProviderApi {
  get(path: string, query?: Query, options?: RequestOptions): Promise<Answer>;
  /** @param body made JSON of */
  post(path: string, body: unknown, options?: RequestOptions): Promise<Answer>;
}

export interface RequestOptions {
  /** Beside those that carry the key, or in their place. */
  headers?: Readonly<Record<string, string>>;
}

/** An answer other than success: the provider says why. */
export class Refusal extends UserError {
  /** Of HTTP: 400 to 599. */
  readonly status: number;
  /** The provider's own words, without keys. */
  readonly words: string;

  constructor(error: UserError, status: number, words: string) {
    super(error.code, error.message, error.hint, { details: { status } });
    this.status = status;
    this.words = words;
  }
}

/** Whether a request was refused with one of these statuses. */
export const isRefusal = (error: unknown, ...statuses: readonly number[]): error is Refusal =>
  error instanceof Refusal && statuses.includes(error.status);

/**
 * The refusal of a request with one of these statuses; null if it is answered.
 * @throws any other error of the request
 */
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
