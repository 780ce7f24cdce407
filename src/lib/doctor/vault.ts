import type { StoredCredential } from "../api.js";
import { readConfig } from "../config/config.js";
import { counted } from "../money.js";
import { openSecrets } from "../secrets/index.js";
import { ringIn } from "../vault/ring.js";
import { vaultStatus } from "../vault/status.js";
import { secretName } from "../vault/vault.js";
import { oldText } from "./age.js";
import { type Finding, ok, warning, wrong } from "./check.js";
import { needsData } from "./needs-data.js";

/** Whether the vault key of this machine opens the stored keys. A keychain is not opened, because it might ask. */
export const vault = needsData("vault", async (data, { configDir, now }) => {
  const { user_id, credentials } = await data.call("list_credentials", {});
  const newest = newestId(credentials);
  if (newest === undefined) return null;
  const kept = readConfig(configDir).vaults?.[user_id]?.kept;
  if (kept === undefined) return warning("no vault key is noted on this machine", "aicost vault");
  const age = `${newest}, ${oldText(madeAt(newest), now)}`;
  if (kept === "keychain") return ok(age);
  const ring = ringIn((await openSecrets(kept, configDir).get(secretName(user_id))) ?? "");
  return fileFinding(vaultStatus(ring, credentials), age);
});

const fileFinding = ({ locked, to_rotate }: ReturnType<typeof vaultStatus>, age: string): Finding => {
  if (locked > 0)
    return wrong(
      `${counted(locked, "key")} cannot be opened: this machine lacks the vault key`,
      "aicost vault import FILE, or if it is lost for good: aicost vault reset",
    );
  return to_rotate > 0
    ? warning(`${counted(to_rotate, "key")} still encrypted with an older vault key`, "aicost vault rotate")
    : ok(age);
};

const newestId = (credentials: readonly StoredCredential[]): string | undefined =>
  credentials
    .map(({ encryption_key_id }) => encryption_key_id)
    .sort()
    .at(-1);

/** An id begins with the day on which the key was made: `v-2026-11-27-3f9a1c`. */
const madeAt = (id: string): string => id.slice("v-".length, "v-2026-11-27".length);
