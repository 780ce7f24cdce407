import { describe, expect, it } from "vitest";
import { aicost, errorOf, newHome } from "../support/cli.js";

// `.ci/run` does this with Node 18, too. With the option, a newer Node lacks what an old one lacks.
const env =
  process.env["AICOST_TEST_NODE"] === undefined ? { NODE_OPTIONS: "--no-experimental-require-module" } : {};

const MESSAGE = /^aicost needs Node\.js 20\.19, 22\.12 or newer; this is Node\.js \d+\.\d+\.\d+\.$/;
const HINT = "Install a newer one: https://nodejs.org/en/download";

describe("a version of Node that is too old", () => {
  it("is told in a sentence which one is needed", async () => {
    const { exit, stdout, stderr } = await aicost(["report"], newHome(), { env });
    expect({ exit, stdout }).toEqual({ exit: 5, stdout: "" });
    const [message = "", hint, ...rest] = stderr.split("\n");
    expect(message.replace(/^Error: /, "")).toMatch(MESSAGE);
    expect([hint, ...rest]).toEqual([`  ${HINT}`, ""]);
  });

  it("is told so to a script as any other error", async () => {
    const outcome = await aicost(["report", "--json"], newHome(), { env });
    expect(outcome).toMatchObject({ exit: 5, stderr: "" });
    expect(errorOf(outcome)).toMatchObject({
      code: "node_too_old",
      message: expect.stringMatching(MESSAGE) as string,
      hint: HINT,
    });
  });
});
