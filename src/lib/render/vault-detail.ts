import type { VaultStatus } from "../vault/status.js";
import type { Screen } from "./table.js";
import { fieldLines, wrap } from "./text.js";

export const vaultDetail = (status: VaultStatus, { width }: Pick<Screen, "width">): string => {
  const { key_id, older_key_ids, credentials } = status;
  const fields = fieldLines(
    [
      ["Vault key", key_id ?? "none on this machine"],
      ["Before it", older_key_ids.length === 0 ? null : older_key_ids.join(", ")],
      ["Stored keys", credentials === 0 ? "none" : encryptedHow(status)],
    ],
    width,
  );
  return [fields, ...advice(status).flatMap((line) => ["", ...wrap(line, width)])].join("\n");
};

const encryptedHow = ({ credentials, to_rotate, locked }: VaultStatus): string => {
  const kinds = [
    { count: credentials - to_rotate - locked, by: "it" },
    { count: to_rotate, by: "an older key" },
    { count: locked, by: "a key that this machine does not have" },
  ].filter(({ count }) => count > 0);
  const [only, ...others] = kinds;
  if (others.length === 0) return `${credentials}, encrypted with ${only?.by}`;
  return `${credentials}: ${kinds.map(({ count, by }) => `${count} encrypted with ${by}`).join(", ")}`;
};

const advice = ({ key_id, credentials, to_rotate, locked }: VaultStatus): string[] => {
  if (key_id === null && credentials === 0)
    return ["It is created when you store the first key: aicost credentials add PROVIDER"];
  const fresh =
    key_id === null
      ? "start a new vault: aicost vault reset"
      : "enter these keys again: aicost credentials rotate PROVIDER";
  return [
    ...(to_rotate > 0 ? ["Encrypt all keys with the newest vault key: aicost vault rotate"] : []),
    ...(locked > 0
      ? [
          "Copy the vault key from the machine that has it: run aicost vault export FILE there, then aicost vault import FILE here.",
          `If it is lost for good, ${fresh}`,
        ]
      : []),
  ];
};
