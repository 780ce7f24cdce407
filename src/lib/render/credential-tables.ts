import type { CheckedCredential } from "../credentials/check-stored.js";
import { localTime } from "../dates/ranges.js";
import type { AuditEntry, StoredCredential } from "../api.js";
import { NOTHING_STATED } from "./money-text.js";
import { type Column, type Screen, table } from "./table.js";
import { fieldLines, wrap } from "./text.js";

export interface Clock {
  timezone: string;
  now: Date;
}

/** Users type these names in commands, so they are cut as little as possible. */
const PROVIDER: Column<{ provider: string | null }> = {
  header: "Provider",
  cell: ({ provider }) => provider ?? NOTHING_STATED,
  shrinkTo: 10,
};

const NAME: Column<{ name: string }> = {
  header: "Name",
  cell: ({ name }) => name,
  shrinkTo: 12,
};

export const credentialTable = (
  credentials: readonly StoredCredential[],
  clock: Clock,
  screen: Screen,
): string =>
  table<StoredCredential>(
    [
      PROVIDER,
      NAME,
      { header: "Key", cell: ({ metadata }) => metadata.masked },
      {
        header: "State",
        cell: stateOf,
        tint: (credential) => (stateOf(credential) === "valid" ? undefined : "yellow"),
      },
      {
        header: "Account",
        cell: ({ metadata }) => metadata.account_name ?? NOTHING_STATED,
        shrinkTo: 8,
        priority: 10,
      },
      { header: "Age", cell: ({ metadata }) => ageOf(metadata.key_set_at, clock.now) },
      {
        header: "Collected",
        cell: ({ syncs }) => lastSync(syncs, clock.timezone),
        priority: 20,
      },
    ],
    credentials,
    screen,
  );

const STATES = { valid: "valid", invalid: "refused", pending: "not tried" } as const;

const stateOf = ({ is_active, validation_status }: StoredCredential): string =>
  is_active ? STATES[validation_status] : "disabled";

const DAY_MS = 86_400_000;

const ageOf = (since: string, now: Date): string => {
  const days = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / DAY_MS));
  if (days === 0) return "today";
  return days === 1 ? "1 day" : `${days} days`;
};

const lastSync = (syncs: StoredCredential["syncs"], timezone: string): string => {
  const last = syncs
    .map(({ synced_at }) => synced_at)
    .sort()
    .at(-1);
  return last === undefined ? "never" : localTime(last, timezone);
};

export const credentialDetail = (credential: StoredCredential, { width }: Screen): string => {
  const { provider, name, metadata, encryption_key_id } = credential;
  return fieldLines(
    [
      ["Provider", provider],
      ["Name", name],
      ["Key", metadata.masked],
      ["State", stateOf(credential)],
      ["Account", metadata.account_name ?? null],
      ["Sent to", metadata.base_url ?? null],
      ["Encrypted", `with the vault key ${encryption_key_id}`],
    ],
    width,
  );
};

const CHECKS = { valid: "valid", invalid: "refused", unknown: "unknown" } as const;

export const checkTable = (checked: readonly CheckedCredential[], screen: Screen): string => {
  const lines = table<CheckedCredential>(
    [
      PROVIDER,
      NAME,
      {
        header: "Key is",
        cell: ({ status }) => CHECKS[status],
        tint: ({ status }) => (status === "valid" ? "green" : "red"),
      },
      {
        header: "Account",
        cell: ({ account_name }) => account_name ?? NOTHING_STATED,
        shrinkTo: 8,
        priority: 10,
      },
    ],
    checked,
    screen,
  );
  const remarks = checked.flatMap(({ provider, name, message, hint }) =>
    message === null
      ? []
      : [
          "",
          ...wrap(`${provider} ${name}: ${message}`, screen.width, 2),
          ...(hint ?? "")
            .split("\n")
            .filter((line) => line !== "")
            .flatMap((line) => wrap(line, screen.width - 2))
            .map((line) => `  ${line}`),
        ],
  );
  return [lines, ...remarks].join("\n");
};

export const auditTable = (entries: readonly AuditEntry[], timezone: string, screen: Screen): string =>
  table<AuditEntry>(
    [
      { header: "When", cell: ({ created_at }) => localTime(created_at, timezone, "second") },
      PROVIDER,
      NAME,
      { header: "What", cell: whatOf, shrinkTo: 19 },
      { header: "By", cell: ({ by_owner }) => (by_owner ? "you" : "the database"), priority: 10 },
    ],
    entries,
    screen,
  );

const whatOf = ({ action, changed_columns, is_active }: AuditEntry): string => {
  if (action === "created") return "stored";
  if (action === "deleted") return "deleted";
  const has = (column: string): boolean => changed_columns.includes(column);
  const changes = [
    ...(has("credential_name") ? ["renamed"] : []),
    ...(has("encrypted_api_key") ? [keyChange(has)] : []),
    ...(is_active === null ? [] : [is_active ? "enabled" : "disabled"]),
    ...(has("validation_status") ? ["tried"] : []),
  ];
  return changes.length === 0 ? "details updated" : changes.join(", ");
};

/** A new key comes with new metadata, and a re-encrypted one with another vault key. aicost does nothing else. */
const keyChange = (has: (column: string) => boolean): string => {
  if (has("metadata")) return "key replaced";
  return has("encryption_key_id") ? "re-encrypted" : "ciphertext changed";
};
