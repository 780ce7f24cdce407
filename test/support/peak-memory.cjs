// Preloaded into the program: writes the peak of its resident memory, in megabytes, to the file AICOST_TEST_PEAK.
const { writeFileSync } = require("node:fs");

process.on("exit", () =>
  writeFileSync(process.env.AICOST_TEST_PEAK, String(process.resourceUsage().maxRSS / 1024)),
);
