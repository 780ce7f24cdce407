import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backends, type Database } from "../support/database.js";
import { play, playground } from "./play.js";
import { FOUND, RULES } from "./sequences.js";

describe.each(backends)("sequences on $name", (backend) => {
  let db: Database;
  beforeAll(async () => {
    db = await playground(backend);
  });
  afterAll(() => db.close());

  it.each(Object.entries({ ...FOUND, ...RULES }))("are right: %s", async (_, steps) => {
    expect(await play(db, steps)).toBeNull();
  });
});
