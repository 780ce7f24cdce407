import { describe, expect, it } from "vitest";
import { eachInParallel } from "../src/lib/system/parallel.js";

async function* numbers(count: number, asked: number[] = []): AsyncGenerator<number> {
  for (let number = 1; number <= count; number++) {
    asked.push(number);
    yield await Promise.resolve(number);
  }
}

const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** Work that is known from outside. */
const watched = (fails: readonly number[] = []) => {
  const seen = { begun: [] as number[], over: [] as number[], most: 0 };
  const work = async (number: number): Promise<void> => {
    seen.begun.push(number);
    seen.most = Math.max(seen.most, seen.begun.length - seen.over.length);
    await moment();
    seen.over.push(number);
    if (fails.includes(number)) throw new Error(`${number} failed`);
  };
  return { seen, work };
};

describe("work in parallel", () => {
  it.each([1, 2, 3, 10])("is done for every item, %d at the same time at most", async (most) => {
    const { seen, work } = watched();
    await eachInParallel(numbers(7), most, work);
    expect(seen.over.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(seen.most).toBe(Math.min(most, 7));
  });

  it("one by one asks for the next item when the one before is done", async () => {
    const asked: number[] = [];
    const { seen, work } = watched();
    await eachInParallel(numbers(3, asked), 1, async (number) => {
      await work(number);
      expect(asked).toEqual(seen.over);
    });
  });

  it("ends with the first error, when what had begun is over", async () => {
    const { seen, work } = watched([2, 3]);
    await expect(eachInParallel(numbers(9), 3, work)).rejects.toThrow("2 failed");
    expect(seen.over).toEqual(seen.begun);
    expect(seen.begun.length).toBeLessThan(9);
  });

  it("ends with an error of the last item", async () => {
    await expect(eachInParallel(numbers(2), 5, watched([2]).work)).rejects.toThrow("2 failed");
  });

  it("is over when the items fail to come", async () => {
    const { seen, work } = watched();
    async function* broken() {
      yield* numbers(2);
      throw new Error("no more");
    }
    await expect(eachInParallel(broken(), 5, work)).rejects.toThrow("no more");
    expect(seen.over).toEqual([1, 2]);
  });
});
