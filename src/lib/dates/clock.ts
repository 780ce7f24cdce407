/** For example `2026-11-27` and `14:05`. */
export const clockIn = (timezone: string, moment: Date): { date: string; time: string } => {
  const iso = process.platform === "win32" ? formatted(timezone, moment) : asLocal(timezone, moment);
  return { date: iso.slice(0, 10), time: iso.slice(11, 16) };
};

/**
 * As if this machine were in that zone: a formatter, even that of Node, takes a sixth of the time in which Node starts,
 * and a prompt is printed all day. Nothing else runs meanwhile.
 */
const asLocal = (timezone: string, moment: Date): string => {
  const before = process.env["TZ"];
  process.env["TZ"] = timezone;
  try {
    const of = [moment.getMonth() + 1, moment.getDate(), moment.getHours(), moment.getMinutes()] as const;
    const [month, day, hour, minute] = of.map((part) => String(part).padStart(2, "0"));
    return `${moment.getFullYear()}-${month}-${day}T${hour}:${minute}`;
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
};

/** On Windows `TZ` may mean something else. */
const formatted = (timezone: string, moment: Date): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "short" })
    .format(moment)
    .replace(" ", "T");
