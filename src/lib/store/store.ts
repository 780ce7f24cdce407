import type { Answers, Api } from "../api.js";
import type { InReadModel } from "./functions.js";
import type { KnownFiles } from "./read-model/known-files.js";

/** Each call is one SQL function of `supabase/migrations`. What it raises arrives as a `UserError`. */
export interface Store extends Answers<keyof Api> {
  /** How many calls are worth having under way at once. */
  readonly parallel: number;
  /** How many records are worth sending in one call. */
  readonly batchRows: number;
  /** Whether reports sum what has changed since the last refresh; if not, a read model has these sums. */
  readonly sumsLive: boolean;
  /** Tells a person what could not be done beside the work, and what to type. */
  readonly warn?: ((text: string) => void) | undefined;
  readonly files: KnownFiles;
  /** The id of the user of a project; null for the embedded database, which has no accounts. */
  userId(): Promise<string | null>;
  /** Null if calls cannot share a transaction. */
  readonly rehearse: Rehearse | null;
  close(): Promise<void>;
}

/** Does some work whose calls see what the ones before have changed, and takes all of it back, whatever its size. */
export type Rehearse = <Result>(work: (store: Store) => Promise<Result>) => Promise<Result>;

/** The functions that can be answered without opening the embedded database. */
export interface SpendSource extends Answers<InReadModel> {
  readonly files: Pick<KnownFiles, "find" | "start">;
}
