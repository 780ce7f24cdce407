import { printable } from "./clean.js";

/**
 * Does some work, and shows a bar that fills up to `total` while it lasts. The bar is gone when the work is over, also if
 * it fails.
 * @param work calls `onProgress` with how much is done
 */
export type WithProgress = <Result>(
  label: string,
  total: number,
  work: (onProgress: (done: number) => void) => Promise<Result>,
) => Promise<Result>;

/** Below these, the work is over before anyone can read a bar. */
const WORTH_SHOWING = { bytes: 512 * 1024, rows: 2000, steps: 0 };

/** Shows how many bytes are done, on stderr. @param shown whether a person is watching */
export const byteProgress = (shown: boolean): WithProgress => progress(shown, WORTH_SHOWING.bytes);

/** Shows how many rows are done, on stderr. @param shown whether a person is watching */
export const rowProgress = (shown: boolean): WithProgress => progress(shown, WORTH_SHOWING.rows);

/** Shows how many steps are done, each of which takes long, on stderr. @param shown whether a person is watching */
export const stepProgress = (shown: boolean): WithProgress =>
  progress(shown, WORTH_SHOWING.steps, "{value} of {total}");

const progress =
  (shown: boolean, least: number, remark = "{percentage} %  {eta_formatted} left"): WithProgress =>
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
    bar.start(total, 0);
    try {
      return await work((done) => bar.update(Math.min(done, total)));
    } finally {
      bar.stop();
    }
  };
