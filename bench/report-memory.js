// Loaded into a measured program: writes what it used to file descriptor 3, memory in kilobytes and time in seconds.
import { writeSync } from "node:fs";

process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ kilobytes: maxRSS, processorSeconds: (userCPUTime + systemCPUTime) / 1e6 }));
});
