import { digested } from "../csv/short-text.js";
import type { Named } from "../record/draft.js";

/** Characters that the database keeps. */
const MOST = 200;

/** A project or a key. Sources give its id, its name, or both. */
export const named = (id: string | null, name: string | null = null): Named => ({
  id: id === null ? null : digested(id, MOST),
  name: name === null ? null : digested(name, MOST),
});
