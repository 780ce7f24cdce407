/** A bar that fills up to `total`. */
export interface Progress {
  /** Sets how much is done. */
  to(done: number): void;
  stop(): void;
}

const SILENT: Progress = { to() {}, stop() {} };

/** Below these, the work is over before a bar could be read. */
const WORTH_SHOWING = { bytes: 512 * 1024, rows: 2000 };

/**
 * Shows how much of some bytes is done, on stderr.
 * @param shown whether somebody watches
 */
export const byteProgress = (label: string, total: number, shown: boolean): Promise<Progress> =>
  progress(label, total, shown && total >= WORTH_SHOWING.bytes);

/** Shows how many of some rows are done, on stderr. @param shown whether somebody watches */
export const rowProgress = (label: string, total: number, shown: boolean): Promise<Progress> =>
  progress(label, total, shown && total >= WORTH_SHOWING.rows);

/** Shows how many of some steps are done, each of which takes long, on stderr. @param shown whether somebody watches */
export const stepProgress = (label: string, total: number, shown: boolean): Promise<Progress> =>
  progress(label, total, shown, "{value} of {total}");

const progress = async (
  label: string,
  total: number,
  shown: boolean,
  remark = "{percentage} %  {eta_formatted} left",
): Promise<Progress> => {
  if (!shown) return SILENT;
  // A bundled package that is CommonJS has no named exports.
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar({
    format: `${label} [{bar}] ${remark}`,
    stream: process.stderr,
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    // Whoever runs the work stops the bar, on a signal too.
    gracefulExit: false,
  });
  bar.start(total, 0);
  return { to: (done) => bar.update(Math.min(done, total)), stop: () => bar.stop() };
};
