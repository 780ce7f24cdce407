import { printable } from "./clean.js";
import { timeLeft } from "./time-left.js";

/** Shows a bar that fills up to `total`. It is gone when the work is over, also if the work fails. */
export type WithProgress = <Result>(
  label: string,
  total: number,
  work: (onProgress: (done: number) => void) => Promise<Result>,
) => Promise<Result>;

/** Below these, the work is over before anyone can read a bar. */
const WORTH_SHOWING = { bytes: 512 * 1024, rows: 2000, steps: 0 };

export const byteProgress = (shown: boolean): WithProgress => progress(shown, WORTH_SHOWING.bytes);

export const rowProgress = (shown: boolean): WithProgress => progress(shown, WORTH_SHOWING.rows);

export const stepProgress = (shown: boolean): WithProgress =>
  progress(shown, WORTH_SHOWING.steps, "{value} of {total}");

const progress =
  (shown: boolean, least: number, remark = "{percentage} %  {left}"): WithProgress =>
  async (label, total, work) => {
    if (!shown || total < least) return work(() => undefined);
    // A bundled package that is CommonJS has no named exports.
    const { default: cliProgress } = await import("cli-progress");
    const bar = new cliProgress.SingleBar({
      format: `${printable(label)} [{bar}] ${remark}`,
      stream: process.stderr,
      barsize: 30,
      hideCursor: true,
      clearOnComplete: true,
      // The bar is stopped below, on a signal too.
      gracefulExit: false,
    });
    const start = performance.now();
    bar.start(total, 0, { left: "" });
    try {
      return await work((done) =>
        bar.update(Math.min(done, total), { left: timeLeft(done, total, performance.now() - start) }),
      );
    } finally {
      bar.stop();
    }
  };
