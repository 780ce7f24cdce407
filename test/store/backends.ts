import { inject } from "vitest";
import type { Store } from "../../src/lib/store/store.js";
import { makeHome, removeHome } from "../support/cli.js";
import { giveDatabase, openHome } from "../support/open-database.js";
import { testProject } from "../support/supabase.js";
import { openProject } from "../support/supabase/sign-in.js";

/** A store that somebody works on, with nothing in it at first. */
export interface Opened {
  store: Store;
  close: () => Promise<void>;
}

/** What the contract of `Store` is tested on; for `describe.each`. */
export const backends: { name: string; open: () => Promise<Opened> }[] = [
  {
    name: "embedded",
    open: async () => {
      const home = await giveDatabase(makeHome());
      const store = await openHome(home);
      return {
        store,
        close: async () => {
          await store.close();
          removeHome(home);
        },
      };
    },
  },
  {
    name: "hosted",
    open: async () => {
      const store = await openProject(testProject(inject("supabase")));
      return { store, close: () => store.close() };
    },
  },
];
