const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A size as people say it, in steps of 1,024, as PostgreSQL counts: `512 B`, `1.5 MB`, `120 MB`. */
export const formatBytes = (bytes: number): string => {
  let size = bytes;
  let unit = 0;
  while (size >= 1023.5 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  const digits = unit > 0 && size < 9.95 ? size.toFixed(1) : String(Math.round(size));
  return `${digits} ${UNITS[unit]}`;
};
