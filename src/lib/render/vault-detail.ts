import type { VaultStatus } from "../vault/status.js";
import type { Screen } from "./table.js";
import { fieldLines, wrap } from "./text.js";

/** What this machine can decrypt, a line for each fact, and what to type where something is amiss. */
export const vaultDetail = (status: VaultStatus, { width }: Pick<Screen, "width">): string => {
  const { key_id, older_key_ids, credentials } = status;
  const fields = fieldLines(
    [
      ["Vault key", key_id ?? "none on this machine"],
      ["Before it", older_key_ids.length === 0 ? null : older_key_ids.join(", ")],
      ["Stored keys", credentials === 0 ? "none" : `${credentials}, ${encryptedHow(status)}`],
    ],
    width,
  );
  return [fields, ...advice(status).flatMap((line) => ["", ...wrap(line, width)])].join("\n");
};

const encryptedHow = ({ credentials, to_rotate, locked }: VaultStatus): string => {
  if (to_rotate === 0 && locked === 0) return "encrypted with it";
  const own = credentials - to_rotate - locked;
  return [
    ...(own > 0 ? [`${own} encrypted with it`] : []),
    ...(to_rotate > 0 ? [`${to_rotate} with an older one`] : []),
    ...(locked > 0 ? [`${locked} with one that this machine does not have`] : []),
  ].join(", ");
};

const advice = ({ key_id, credentials, to_rotate, locked }: VaultStatus): string[] => {
  if (key_id === null && credentials === 0)
    return ["It is made with the first key: aicost credentials add PROVIDER"];
  return [
    ...(to_rotate > 0 ? ["Encrypt all with the newest vault key: aicost vault rotate"] : []),
    ...(locked > 0
      ? [
          "Bring the vault key from the machine that has it: aicost vault export FILE there, aicost vault import FILE here.",
        ]
      : []),
  ];
};
