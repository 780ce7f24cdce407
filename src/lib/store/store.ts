import type { Api } from "../api.js";
import type { InReadModel } from "./functions.js";
import type { KnownFiles } from "./read-model/known-files.js";

/** Each call is one SQL function of `supabase/migrations`. What it raises arrives as a `UserError`. */
export interface Store extends Answers<keyof Api> {
  /** How many calls may be under way at once with profit. */
  readonly parallel: number;
  /** How many records a call takes in with profit. */
  readonly batchRows: number;
  /** Whether each report sums what has changed since the last refresh; else it has these sums by a read model. */
  readonly sumsLive: boolean;
  readonly files: KnownFiles;
  close(): Promise<void>;
}

export interface Answers<Names extends keyof Api> {
  call<Name extends Names>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]>;
}

/** The functions that can be answered without opening the embedded database. */
export interface SpendSource extends Answers<InReadModel> {
  readonly files: Pick<KnownFiles, "find">;
}
