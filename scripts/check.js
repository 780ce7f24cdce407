// What `npm test` checks before it runs the tests: several checks at once, each of which prints when it has ended.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { buffer } from "node:stream/consumers";

/** The longest first. */
const CHECKS = [
  "eslint .",
  "tsc --noEmit",
  "node scripts/build-schemas.js --check",
  "prettier --check --cache .",
  "node scripts/build-docs.js --check",
  "node scripts/build-picture.js --check",
];

/** @returns whether the check passed */
const passes = async (check) => {
  const child = spawn(check, { shell: true, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  const [out, error] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  process.stdout.write(`> ${check}\n`);
  process.stdout.write(out);
  process.stderr.write(error);
  const [exit] = await ended;
  return exit === 0;
};

const waiting = [...CHECKS];
const worker = async () => {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    if (!(await passes(check))) process.exitCode = 1;
  }
};
await Promise.all(Array.from({ length: availableParallelism() }, worker));
