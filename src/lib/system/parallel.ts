/**
 * The first error ends it, as soon as what had begun is over: nothing is under way when this returns or throws.
 * @param most with 1 the next item is asked for when the one before is done
 */
export const eachInParallel = async <Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  most: number,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const running = new Set<Promise<void>>();
  try {
    for await (const item of items) {
      const run = work(item);
      running.add(run);
      // What failed stays, for the next look at all that runs.
      run.then(
        () => running.delete(run),
        () => undefined,
      );
      if (running.size >= most) await Promise.race(running);
    }
    await Promise.all(running);
  } finally {
    await Promise.allSettled(running);
  }
};
