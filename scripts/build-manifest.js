// Writes oclif.manifest.json: with it, a command starts without loading all the others first.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { Plugin } from "@oclif/core";

const root = path.resolve(import.meta.dirname, "..");
const plugin = new Plugin({
  root,
  type: "core",
  ignoreManifest: true,
  errorOnManifestCreate: true,
  respectNoCacheDefault: true,
});
await plugin.load();
writeFileSync(path.join(root, "oclif.manifest.json"), `${JSON.stringify(plugin.manifest, null, 1)}\n`);
