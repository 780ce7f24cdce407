/** Several statements by `exec`, one with parameters by `query`. */
export interface SqlRunner {
  exec(sql: string): Promise<unknown>;
  query<Row>(sql: string, params?: unknown[]): Promise<{ rows: Row[] }>;
}

/** Several statements hold together, or not at all. */
export interface SqlDatabase extends SqlRunner {
  transaction<Result>(work: (tx: Pick<SqlRunner, "query">) => Promise<Result>): Promise<Result>;
}
