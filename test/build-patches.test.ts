import { build } from "esbuild";
import { expect, it } from "vitest";
import { checkPatches, patchedPackages } from "../scripts/bundle-packages.js";

/** Bundles code that imports packages, as the build does. */
const bundled = async (contents: string): Promise<string> => {
  const { plugin, applied } = patchedPackages();
  const options = { bundle: true, write: false, platform: "node", logLevel: "silent" } as const;
  await build({
    ...options,
    stdin: { contents, resolveDir: import.meta.dirname },
    external: ["tsx", "typescript"],
    plugins: [plugin],
  });
  return checkPatches(applied);
};

it("the patches of packages apply to the packages that are installed", async () => {
  const everything = `import "@oclif/core"; import "@supabase/postgrest-js"; import "cli-table3"; import "string-width";`;
  await expect(bundled(everything)).resolves.toMatch(/^Patches of packages: .*string-width 1, /);
});

it("a patch that applies less often than expected fails the build by its name", async () => {
  const error = await bundled(`import "string-width";`).catch(String);
  expect(error).toContain("Patches of packages no longer apply");
  expect(error.match(/^ {2}.*$/gm)).toEqual([
    expect.stringMatching(/^ {2}requires made lazy in @oclif\/core: 0 of \d{2,}$/),
    "  plain comparison in @oclif/core: 0 of 1",
    "  is-wsl in @oclif/core: 0 of 1",
    "  logger in @oclif/core: 0 of 1",
    "  trace in cli-table3: 0 of 1",
    "  headers in @supabase/postgrest-js: 0 of 8",
  ]);
});
