// Loaded into a measured program: writes what it used to file descriptor 3, memory in kilobytes and time in seconds. It is loaded
// into each of its threads, too, and all of them are told of together.
import { writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const report = () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ kilobytes: maxRSS, processorSeconds: (userCPUTime + systemCPUTime) / 1e6 }));
};

if (isMainThread) process.on("exit", report);
