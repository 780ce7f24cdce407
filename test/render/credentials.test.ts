import { describe, expect, it } from "vitest";
import type { CheckedCredential } from "../../src/lib/credentials/check-stored.js";
import {
  auditTable,
  checkTable,
  credentialDetail,
  credentialTable,
} from "../../src/lib/render/credential-tables.js";
import { textWidth } from "../../src/lib/render/text.js";
import { vaultDetail } from "../../src/lib/render/vault-detail.js";
import type { AuditEntry, StoredCredential } from "../../src/lib/api.js";
import type { VaultStatus } from "../../src/lib/vault/status.js";
import { NARROW, WIDE } from "./screens.js";

const snapshot = (name: string): string => `snapshots/${name}.txt`;

const WIDTHS = [
  ["80", NARROW],
  ["120", WIDE],
] as const;

/** An hour after noon in Berlin. */
const CLOCK = { timezone: "Europe/Berlin", now: new Date("2026-11-27T12:00:00Z") };

const METADATA: StoredCredential["metadata"] = {
  masked: "sk-ant-admin…x9AA",
  key_set_at: "2026-11-27T08:15:30Z",
  checked_at: "2026-11-27T08:15:30Z",
  account: "dc9f6c26-b22c-4831-8d01-0446bada88f1",
  account_known: true,
  account_name: "Demo Org",
  facts: {},
};

const credential = (
  changes: Partial<Omit<StoredCredential, "metadata">>,
  metadata: Partial<StoredCredential["metadata"]> = {},
): StoredCredential => ({
  id: "0c5b8a4e-53ae-4f0e-9d1c-2f1d7a6f3b10",
  provider: "anthropic",
  name: "default",
  is_active: true,
  validation_status: "valid",
  encryption_key_id: "v-2026-11-27-3f9a1c",
  metadata: { ...METADATA, ...metadata },
  created_at: "2026-11-27T08:15:30Z",
  syncs: [],
  ...changes,
});

const synced = (...moments: string[]): StoredCredential["syncs"] =>
  moments.map((synced_at, at) => ({
    feed: `feed-${at}`,
    complete_through: "2026-11-26",
    memory: null,
    synced_at,
  }));

/** A key without a mark and an account without a name. */
const NAMELESS = { masked: "…AAAA", account: "default", account_known: false };

const { account_name: _, ...UNNAMED } = METADATA;

const CREDENTIALS = [
  credential({ syncs: synced("2026-11-27T06:00:10Z", "2026-11-27T06:00:12Z", "2026-11-26T23:59:59Z") }),
  credential(
    { name: "production-eu-central-1.billing", validation_status: "invalid" },
    {
      key_set_at: "2026-11-26T11:00:00Z",
      account_name: "Gesellschaft für Verbrauchsforschung mbH & Co. KG, 東京支社",
    },
  ),
  credential({ name: "production-eu-central-2.billing", is_active: false, validation_status: "invalid" }),
  credential(
    { provider: "litellm", name: "n".repeat(100), validation_status: "pending" },
    { masked: "…", key_set_at: "2025-11-27T00:00:00Z", base_url: "https://llm.example.com/v1" },
  ),
  { ...credential({ provider: "mistral" }), metadata: { ...UNNAMED, ...NAMELESS } },
  credential(
    { provider: "openrouter", syncs: synced("2026-10-01T00:00:00Z") },
    { masked: "sk-or-v1-…aaaa", account_name: "line one\nline two \u001b[31mred" },
  ),
];

const fits = (text: string, width: number): boolean =>
  text.split("\n").every((line) => textWidth(line) <= width);

describe("credentialTable", () => {
  it.each(WIDTHS)("looks like this, %s columns wide", async (width, screen) => {
    const text = credentialTable(CREDENTIALS, CLOCK, screen);
    await expect(text).toMatchFileSnapshot(snapshot(`credentials-${width}`));
    expect(fits(text, screen.width)).toBe(true);
  });

  it.each([
    ["2026-11-27T12:00:00Z", "today"],
    ["2026-11-26T12:00:01Z", "today"],
    ["2026-11-26T12:00:00Z", "1 day"],
    ["2026-11-25T12:00:00Z", "2 days"],
    ["2025-11-27T12:00:00Z", "365 days"],
    // The clock of another machine may be ahead.
    ["2026-11-28T12:00:00Z", "today"],
  ])("says of a key of %s that it is so old: %s", (key_set_at, age) => {
    const text = credentialTable([credential({}, { key_set_at })], CLOCK, WIDE);
    expect(text.split("\n")[2]).toContain(`Demo Org  ${age} `);
  });

  it("points out what sync cannot use or has not tried, and nothing else", () => {
    const color = { ...WIDE, color: true };
    const isTinted = (changes: Partial<StoredCredential>): boolean =>
      (credentialTable([credential(changes)], CLOCK, color).split("\n")[2] ?? "").includes("\u001b[33m");
    expect(isTinted({})).toBe(false);
    expect(isTinted({ validation_status: "invalid" })).toBe(true);
    expect(isTinted({ validation_status: "pending" })).toBe(true);
    expect(isTinted({ is_active: false })).toBe(true);
  });

  it("leaves out the account before anything of the key, if there is little room", () => {
    const text = credentialTable(CREDENTIALS.slice(0, 3), CLOCK, { width: 60, color: false });
    expect(fits(text, 60)).toBe(true);
    const [header = ""] = text.split("\n");
    for (const name of ["Provider", "Name", "Key", "State", "Age"]) expect(header).toContain(name);
    expect(header).not.toContain("Account");
  });
});

describe("credentialDetail", () => {
  it.each(WIDTHS)("looks like this, %s columns wide", async (width, screen) => {
    const texts = CREDENTIALS.map((each) => credentialDetail(each, screen));
    await expect(texts.join("\n\n")).toMatchFileSnapshot(snapshot(`credential-detail-${width}`));
    expect(fits(texts.join("\n"), screen.width)).toBe(true);
  });
});

const checked = (changes: Partial<CheckedCredential>): CheckedCredential => ({
  provider: "anthropic",
  name: "default",
  status: "valid",
  code: null,
  account_name: "Demo Org",
  message: null,
  hint: null,
  ...changes,
});

const CHECKED = [
  checked({}),
  checked({
    provider: "openrouter",
    name: "production-eu-central-1.billing",
    account_name: null,
    message:
      "This is an ordinary key: OpenRouter tells it only totals by day, without models, from now on; a management key (https://openrouter.ai/settings/management-keys) gives models and 30 days back.",
  }),
  checked({
    name: "work",
    status: "invalid",
    code: "key_refused",
    account_name: "Gesellschaft für Verbrauchsforschung mbH & Co. KG, 東京支社",
    message: "Anthropic does not accept the key for this (401): invalid x-api-key.",
    hint: "Use an Admin API key (sk-ant-admin…) of your organisation: https://platform.claude.com/settings/admin-keys. Individual accounts have none.\nStore another one with: aicost credentials rotate anthropic --name work",
  }),
  checked({
    provider: "litellm",
    status: "unknown",
    code: "credential_damaged",
    account_name: null,
    message:
      "The key of litellm cannot be decrypted: it was changed since it was encrypted, or it belongs to another row.",
    hint: "Enter the key again with: aicost credentials rotate litellm",
  }),
];

describe("checkTable", () => {
  it.each(WIDTHS)("looks like this, %s columns wide", async (width, screen) => {
    const text = checkTable(CHECKED, screen);
    await expect(text).toMatchFileSnapshot(snapshot(`credentials-check-${width}`));
    expect(fits(text, screen.width)).toBe(true);
  });

  it("cannot be made to control the terminal by what a provider says", () => {
    const evil = "\u001b[2J\u202eevil\r\nline";
    const text = checkTable([checked({ account_name: evil, message: evil, hint: evil })], NARROW);
    expect(text).not.toMatch(/[\u001b\r\u202e]/);
    expect(text).toContain("anthropic default:  [2J evil line");
  });

  it("has nothing below it if all is well", () => {
    expect(checkTable([checked({})], NARROW).split("\n")).toHaveLength(3);
  });
});

describe("auditTable", () => {
  const entry = (changes: Partial<AuditEntry>): AuditEntry => ({
    action: "changed",
    provider: "anthropic",
    name: "default",
    credential_id: "0c5b8a4e-53ae-4f0e-9d1c-2f1d7a6f3b10",
    changed_columns: [],
    is_active: null,
    by_owner: true,
    created_at: "2026-11-26T23:30:12Z",
    ...changes,
  });

  const ENTRIES = [
    entry({ action: "deleted" }),
    entry({ changed_columns: ["credential_name"], name: "production-eu-central-1.billing" }),
    entry({ changed_columns: ["is_active"], is_active: false }),
    entry({ changed_columns: ["is_active"], is_active: true }),
    entry({
      changed_columns: ["encrypted_api_key", "encryption_key_id", "metadata", "validation_status"],
      name: "n".repeat(100),
    }),
    entry({ changed_columns: ["encrypted_api_key", "encryption_key_id"] }),
    entry({ changed_columns: ["encrypted_api_key"], by_owner: false }),
    entry({ changed_columns: ["metadata"] }),
    entry({ changed_columns: ["user_id"], by_owner: false }),
    entry({ provider: null, action: "created" }),
  ];

  it.each(WIDTHS)("looks like this, %s columns wide", async (width, screen) => {
    const text = auditTable(ENTRIES, CLOCK.timezone, screen);
    await expect(text).toMatchFileSnapshot(snapshot(`audit-log-${width}`));
    expect(fits(text, screen.width)).toBe(true);
  });
});

describe("vaultDetail", () => {
  const status = (changes: Partial<VaultStatus>): VaultStatus => ({
    key_id: "v-2026-11-27-3f9a1c",
    older_key_ids: [],
    credentials: 0,
    to_rotate: 0,
    locked: 0,
    ...changes,
  });
  const OLDER = ["v-2025-01-01-000001", "v-2025-06-01-000002", "v-2026-01-01-000003", "v-2026-06-01-000004"];

  it.each(WIDTHS)("looks like this, %s columns wide", async (width, screen) => {
    const texts = [
      status({ key_id: null }),
      status({}),
      status({ credentials: 1 }),
      status({ credentials: 5, older_key_ids: OLDER }),
      status({ credentials: 5, older_key_ids: OLDER, to_rotate: 2 }),
      status({ credentials: 5, older_key_ids: OLDER, to_rotate: 2, locked: 1 }),
      status({ credentials: 3, locked: 3 }),
      status({ key_id: null, credentials: 2, locked: 2 }),
    ].map((each) => vaultDetail(each, screen));
    await expect(texts.join("\n\n---\n\n")).toMatchFileSnapshot(snapshot(`vault-${width}`));
    expect(fits(texts.join("\n"), screen.width)).toBe(true);
  });
});
