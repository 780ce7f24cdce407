export interface BatchLimits<Item> {
  most: number;
  /** The size of all its items together, at most. A single item may be larger. */
  largest: number;
  sizeOf: (item: Item) => number;
}

/**
 * In their order. No batch is empty.
 * @param items piece by piece: a promise for each of a hundred thousand would take as long as the work on them
 */
export async function* inBatches<Item>(
  items: AsyncIterable<readonly Item[]> | Iterable<readonly Item[]>,
  { most, largest, sizeOf }: BatchLimits<Item>,
): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  let size = 0;
  for await (const piece of items) {
    for (const item of piece) {
      const added = sizeOf(item);
      if (batch.length >= most || (batch.length > 0 && size + added > largest)) {
        yield batch;
        batch = [];
        size = 0;
      }
      batch.push(item);
      size += added;
    }
  }
  if (batch.length > 0) yield batch;
}
