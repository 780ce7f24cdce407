/** A bar that fills up to `total`. */
export interface Progress {
  /** Sets how much is done. */
  to(done: number): void;
  stop(): void;
}

const SILENT: Progress = { to() {}, stop() {} };

/** Bytes below which reading a file is over before a bar could be read. */
const WORTH_SHOWING = 512 * 1024;

/**
 * Shows how much of some bytes is done, on stderr.
 * @param shown whether somebody watches
 */
export const byteProgress = async (label: string, total: number, shown: boolean): Promise<Progress> => {
  if (!shown || total < WORTH_SHOWING) return SILENT;
  const { SingleBar } = await import("cli-progress");
  const bar = new SingleBar({
    format: `${label} [{bar}] {percentage} %  {eta_formatted} left`,
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
