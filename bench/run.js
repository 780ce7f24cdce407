// Runs the benchmarks, which are TypeScript: npm run bench -- [NAME…] [--rows N] [--runs N]
import { createViteServer } from "vitest/node";

const vite = await createViteServer({
  configFile: false,
  root: import.meta.dirname,
  logLevel: "error",
  appType: "custom",
  server: { middlewareMode: true, ws: false, watch: null },
});
try {
  const { main } = await vite.ssrLoadModule("/main.ts");
  process.exitCode = await main(process.argv.slice(2));
} finally {
  await vite.close();
}
