import { describe, expect, it } from "vitest";
import { findArchives } from "../../src/lib/archive/import-archives.js";
import { ndjsonPieces } from "../../src/lib/archive/ndjson.js";
import { interrupted } from "../../src/lib/errors.js";
import { importSources } from "../../src/lib/imports/import-sources.js";
import { importSettings } from "../../src/lib/imports/settings.js";
import { isArchive } from "../../src/lib/archive/format.js";
import { findSources } from "../../src/lib/files/sources.js";
import { formats } from "../../src/lib/providers/index.js";
import type { Store } from "../../src/lib/store/store.js";
import { homeWithDatabase, openHome } from "../support/open-database.js";
import { fileIn, sample } from "../support/cli.js";
import { bring } from "../support/layers.js";
import { costRecord } from "../support/records.js";

/** Imports files, and is told to stop when work of that name begins. */
const stoppedAt = async (stop: string, store: Store, configDir: string, names: string[]) => {
  const controller = new AbortController();
  const { signal } = controller;
  const { sources, forget } = await findSources(names, { isArchive, signal });
  const preferences = await store.call("get_preferences", {});
  const providers = await store.call("list_providers", {});
  try {
    return await importSources(
      { known: store.files, open: () => Promise.resolve(store) },
      findArchives(sources),
      importSettings(configDir, {}, preferences, providers),
      {
        formats,
        fromOtherUser: false,
        dryRun: false,
        onError: "abort",
        rejectsFile: undefined,
        signal,
        progress: (label, _, work) => {
          if (label === stop) controller.abort(interrupted("Stopped. Nothing was written."));
          return work(() => undefined);
        },
      },
    );
  } finally {
    forget();
  }
};

describe("an import of an archive and another file that is stopped", () => {
  it.each([
    ["Restoring", "Stopped. Nothing was written.", 0],
    ["Writing", "Stopped. The archive is imported. Import the other files again.", 1],
  ])("while it is %s says what is in", async (stop, message, total) => {
    const source = await homeWithDatabase();
    const from = await openHome(source);
    await bring(from, [costRecord()]);
    const pieces: string[] = [];
    for await (const piece of ndjsonPieces(from, { program: "0.0.0", onRows: () => undefined })) {
      pieces.push(piece);
    }
    await from.close();
    const archive = fileIn(source, "all.ndjson", pieces.join(""));

    const target = await homeWithDatabase();
    const store = await openHome(target);
    try {
      const files = [archive, sample("openrouter_activity.csv")];
      await expect(stoppedAt(stop, store, target.configDir, files)).rejects.toMatchObject({
        exit: 130,
        message,
      });
      expect(await store.call("list_cost_records", { filters: { max_rows: 10 } })).toMatchObject({ total });
    } finally {
      await store.close();
    }
  });
});
