// Loaded into a measured program: writes the peak of its resident memory, in kilobytes, to file descriptor 3.
import { writeSync } from "node:fs";

process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));
