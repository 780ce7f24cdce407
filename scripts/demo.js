// A shell in which the built program runs as a reader of the docs would run it, with the same result every time.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");

/** The evening of the last day in the examples. */
const NOW = "2026-11-20T18:30:00Z";

/**
 * A new home, with the folder `examples` in it, and `aicost` on the path.
 * @param columns the width of the terminal
 * @param env more variables, such as `FORCE_COLOR`
 * @param data a data folder to start with, of another demo
 */
export const openDemo = (columns, env, data) => {
  const home = mkdtempSync(path.join(tmpdir(), "aicost-demo-"));
  const bin = path.join(home, ".bin");
  mkdirSync(bin);
  symlinkSync(path.join(root, "bin/run.cjs"), path.join(bin, "aicost"));
  cpSync(path.join(root, "examples"), path.join(home, "examples"), { recursive: true });
  // What coding agents have left there.
  cpSync(path.join(root, "test/samples/agents/home"), home, { recursive: true });

  const dataDir = path.join(home, ".data");
  if (data !== undefined) cpSync(data, dataDir, { recursive: true });

  /** Runs a line. @returns what it printed on both streams, without the last line end */
  const run = (line) => {
    const { stdout, error } = spawnSync("/bin/sh", ["-c", `exec 2>&1\n${line}`], {
      cwd: home,
      encoding: "utf8",
      env: {
        PATH: [bin, path.dirname(process.execPath), "/usr/bin", "/bin"].join(path.delimiter),
        HOME: home,
        AICOST_DATA_DIR: dataDir,
        AICOST_CONFIG_DIR: path.join(home, ".config"),
        AICOST_SECRETS: "file",
        TZ: "UTC",
        COLUMNS: String(columns),
        NODE_OPTIONS: `--require "${path.join(root, "scripts/demo-clock.cjs")}"`,
        DEMO_NOW: NOW,
        LC_ALL: "C.UTF-8",
        ...env,
      },
    });
    if (error) throw error;
    return stdout.replace(/\n$/, "");
  };
  return { run, dataDir, close: () => rmSync(home, { recursive: true }) };
};
