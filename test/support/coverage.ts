import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { aicost, type Home, ROOT } from "./cli.js";

/** A file that a command ran, and the parts that were bundled into it and evaluated: each is named after its source. */
export interface Script {
  /** From the root of this project. */
  file: string;
  parts: string[];
}

/** The files that a command runs, packages included, and Node's own left out. */
export const scriptsRunBy = async (argv: readonly string[], home: Home): Promise<Script[]> => {
  const folder = path.join(home.folder, `coverage-${argv.join("-")}`);
  await aicost(argv, home, { env: { NODE_V8_COVERAGE: folder } });
  return readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Coverage;
    return result
      .filter(({ url }) => url.startsWith("file:") || url.startsWith("/"))
      .map(({ url, functions }) => ({
        file: path.relative(ROOT, url.startsWith("/") ? url : fileURLToPath(url)),
        parts: functions
          .filter(({ functionName, ranges }) => PART.test(functionName) && (ranges[0]?.count ?? 0) > 0)
          .map(({ functionName }) => functionName),
      }));
  });
};

const PART = /^(?:src|node_modules)\//;

interface Coverage {
  result: { url: string; functions: { functionName: string; ranges: { count: number }[] }[] }[];
}
