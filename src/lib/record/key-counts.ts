const WORDS = 4;

/**
 * Counts how often each id was seen on each day, in about 30 bytes an id: a map of a million strings would take more memory
 * than all else in an import. In several tables, because one that grows is there twice for a while.
 */
export class KeyCounts {
  readonly #tables = Array.from({ length: 256 }, () => new Table());

  /**
   * @param id a UUID
   * @param day a whole number for each day, of 32 bits @returns how often it was seen before
   */
  add(id: string, day: number): number {
    const first = wordAt(id, 0);
    // The first byte chooses the table, other bits the slot in it.
    const table = this.#tables[first >>> 24] as Table;
    const second = parseInt(id.slice(9, 13) + id.slice(14, 18), 16);
    const third = parseInt(id.slice(19, 23) + id.slice(24, 28), 16);
    return table.add(first, second, third, (wordAt(id, 28) ^ day) >>> 0);
  }
}

const wordAt = (id: string, at: number): number => parseInt(id.slice(at, at + 8), 16);

class Table {
  #capacity = 8;
  #size = 0;
  #keys = new Uint32Array(this.#capacity * WORDS);
  #counts = new Uint32Array(this.#capacity);

  add(a: number, b: number, c: number, d: number): number {
    if (this.#size * 4 >= this.#capacity * 3) this.#grow();
    const slot = this.#slot(a, b, c, d);
    const before = this.#counts[slot] ?? 0;
    if (before === 0) this.#size++;
    this.#put(slot, a, b, c, d, before + 1);
    return before;
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #slot(a: number, b: number, c: number, d: number): number {
    const keys = this.#keys;
    let slot = a % this.#capacity;
    while (this.#counts[slot] !== 0) {
      const at = slot * WORDS;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) break;
      slot = (slot + 1) % this.#capacity;
    }
    return slot;
  }

  #put(slot: number, a: number, b: number, c: number, d: number, count: number): void {
    const at = slot * WORDS;
    this.#keys[at] = a;
    this.#keys[at + 1] = b;
    this.#keys[at + 2] = c;
    this.#keys[at + 3] = d;
    this.#counts[slot] = count;
  }

  #grow(): void {
    const keys = this.#keys;
    const counts = this.#counts;
    this.#capacity = Math.ceil(this.#capacity * 1.25);
    this.#keys = new Uint32Array(this.#capacity * WORDS);
    this.#counts = new Uint32Array(this.#capacity);
    for (let from = 0; from < counts.length; from++) {
      const count = counts[from] ?? 0;
      if (count === 0) continue;
      const at = from * WORDS;
      const [a = 0, b = 0, c = 0, d = 0] = [keys[at], keys[at + 1], keys[at + 2], keys[at + 3]];
      this.#put(this.#slot(a, b, c, d), a, b, c, d, count);
    }
  }
}
