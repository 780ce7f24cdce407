/**
 * The rooms of `src/lib`, each with what it holds, from the bottom up: a room imports only rooms that stand before it.
 * `only` narrows that to the rooms that it names. docs/architecture.md explains them.
 */
export const ROOMS = [
  { room: "error-codes.ts", holds: "every error code and its exit code", only: [] },
  { room: "errors.ts", holds: "the errors that a user can act on", only: ["error-codes.ts"] },
  { room: "money.ts", holds: "exact decimal amounts", only: [] },
  { room: "bytes.ts", holds: "sizes as text", only: [] },
  { room: "nearest.ts", holds: "the names that a mistyped one may stand for" },
  {
    room: "system",
    holds: "locks, whole-file writes, batches, parallel work, time limits, folders, JSON, records by name",
  },
  { room: "terminal", holds: "prompts, progress bars, Ctrl+C, the browser" },
  { room: "dates", holds: "ranges, days and the clock" },
  { room: "record", holds: "what a charge is: its columns, its identity, currencies and provider names" },
  { room: "api.ts", holds: "every SQL function: what goes in and what comes out", only: ["record"] },
  { room: "csv", holds: "tables in text files: decoding, columns, cells, mappings" },
  { room: "config", holds: "the config file, profiles, preferences" },
  { room: "secrets", holds: "the keychain and files of secrets" },
  { room: "providers", holds: "one folder a provider: its export formats and its collector" },
  { room: "server", holds: "HTTP: requests, proxies, and what servers answer" },
  { room: "auth", holds: "sign-in and sessions" },
  { room: "reports", holds: "sums, groups and comparisons of spend" },
  { room: "store", holds: "the database, embedded or hosted, and its read model" },
  { room: "files", holds: "files to read and to write" },
  { room: "archive", holds: "aicost's own exports: written, read and restored" },
  { room: "care", holds: "maintenance of a database" },
  { room: "vault", holds: "encryption of provider keys" },
  { room: "credentials", holds: "provider keys: stored, tried, renamed, removed" },
  { room: "imports", holds: "the import of files" },
  { room: "sync", holds: "collecting from provider APIs" },
  { room: "entries", holds: "charges entered by hand" },
  { room: "schedule", holds: "timers that run `aicost sync`" },
  { room: "render", holds: "results as text: tables, charts, receipts" },
  { room: "today", holds: "the one-line answers of `today` and `prompt`" },
  { room: "command", holds: "the base commands and shared flags" },
];
