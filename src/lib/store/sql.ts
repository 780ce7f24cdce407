/** Anything that runs SQL: several statements by `exec`, one with parameters by `query`. */
export interface SqlRunner {
  exec(sql: string): Promise<unknown>;
  query<Row>(sql: string, params?: unknown[]): Promise<{ rows: Row[] }>;
}

/** A database that can run several statements such that they hold together, or not at all. */
export interface SqlDatabase extends SqlRunner {
  transaction<Result>(work: (tx: Pick<SqlRunner, "query">) => Promise<Result>): Promise<Result>;
}
