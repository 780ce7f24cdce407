import type { TestProject as TestRun } from "vitest/node";
import { startSupabase, type ProjectAddress } from "./supabase.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The Supabase project of this test run; `testProject(inject("supabase"))` works with it. */
    supabase: ProjectAddress;
  }
}

/** Starts a Supabase project, once for a test run. */
export default async function setup(run: TestRun): Promise<() => Promise<void>> {
  const { stop, url, key, secretKey, signingKey, databaseUrl, superuserUrl } = await startSupabase();
  run.provide("supabase", { url, key, secretKey, signingKey, databaseUrl, superuserUrl });
  return stop;
}
