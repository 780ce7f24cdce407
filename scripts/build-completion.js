// Writes dist/completion/: what shells complete, made from the manifest of all commands.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { completionScripts } from "../dist/lib/help/completion/index.js";

const root = path.resolve(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(path.join(root, "oclif.manifest.json"), "utf8"));
const folder = path.join(root, "dist/completion");
mkdirSync(folder, { recursive: true });
for (const [shell, script] of Object.entries(completionScripts(manifest))) {
  writeFileSync(path.join(folder, shell), script);
}
