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
      ["Stored keys", credentials === 0 ? "none" : encryptedHow(status)],
    ],
    width,
  );
  return [fields, ...advice(status).flatMap((line) => ["", ...wrap(line, width)])].join("\n");
};

const encryptedHow = ({ credentials, to_rotate, locked }: VaultStatus): string => {
  const kinds = [
    { count: credentials - to_rotate - locked, by: "it" },
    { count: to_rotate, by: "an older one" },
    { count: locked, by: "one that this machine does not have" },
  ].filter(({ count }) => count > 0);
  const [only, ...others] = kinds;
  if (others.length === 0) return `${credentials}, encrypted with ${only?.by}`;
  return `${credentials}: ${kinds.map(({ count, by }) => `${count} encrypted with ${by}`).join(", ")}`;
};

const advice = ({ key_id, credentials, to_rotate, locked }: VaultStatus): string[] => {
  if (key_id === null && credentials === 0)
    return ["It is made with the first key: aicost credentials add PROVIDER"];
  const anew =
    key_id === null
      ? "begin a new vault with: aicost vault reset"
      : "enter these keys anew: aicost credentials rotate PROVIDER";
  return [
    ...(to_rotate > 0 ? ["Encrypt all with the newest vault key: aicost vault rotate"] : []),
    ...(locked > 0
      ? [
          "Bring the vault key from the machine that has it: aicost vault export FILE there, aicost vault import FILE here.",
          `If it is lost for good, ${anew}`,
        ]
      : []),
  ];
};
