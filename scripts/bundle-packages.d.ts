import type { Plugin } from "esbuild";

export type Applied = Map<string, Map<string, number>>;
export const patchedPackages: () => { plugin: Plugin; applied: Applied };
export const checkPatches: (applied: Applied) => string;
