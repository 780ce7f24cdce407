// A thread that loads Prophet, fits it once and predicts once, with the intervals of the library.
import { readFileSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { Prophet, initSync } from "@bsull/augurs/prophet";
import { optimizer } from "@bsull/augurs-prophet-wasmstan";

const seconds = (day) => Date.parse(day) / 1000;
const { history, ahead } = workerData;

initSync({ module: readFileSync(new URL("prophet_bg.wasm", import.meta.resolve("@bsull/augurs/prophet"))) });
const model = new Prophet({
  optimizer,
  intervalWidth: 0.8,
  yearlySeasonality: { type: "manual", enabled: false },
});
model.fit({ ds: history.days.map(seconds), y: history.costs }, { seed: 1, algorithm: "lbfgs" });
model.predict({ ds: ahead.map(seconds) });
