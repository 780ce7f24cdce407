import { it } from "vitest";
import { writeFileSync } from "node:fs";
import { newPerson } from "./person.js";
it("x", async () => {
  const t = performance.now();
  const p = await newPerson(1);
  console.log(performance.now() - t);
  writeFileSync("/dev/shm/screens/person.json", JSON.stringify(p));
  console.log(p);
}, 120000);
