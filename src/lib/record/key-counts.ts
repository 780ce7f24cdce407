const WORDS = 4;

/**
 * Counts how often each 16-byte key was seen, in about 30 bytes a key: a map of a million strings would take more
 * memory than all else in an import. In several tables, because one that grows is there twice for a while.
 */
export class KeyCounts {
  readonly #tables = Array.from({ length: 256 }, () => new Table());

  add(key: Uint8Array): number {
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    const words = [view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12)] as const;
    // The first byte chooses the table, other bits the slot in it.
    return this.#tables[key[0] ?? 0]?.add(words) ?? 0;
  }
}

type Words = readonly [number, number, number, number];

class Table {
  #capacity = 8;
  #size = 0;
  #keys = new Uint32Array(this.#capacity * WORDS);
  #counts = new Uint32Array(this.#capacity);

  add(words: Words): number {
    if (this.#size * 4 >= this.#capacity * 3) this.#grow();
    const slot = this.#slot(words);
    const before = this.#counts[slot] ?? 0;
    if (before === 0) {
      this.#keys.set(words, slot * WORDS);
      this.#size++;
    }
    this.#counts[slot] = before + 1;
    return before;
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #slot(words: Words): number {
    let slot = words[0] % this.#capacity;
    while (this.#counts[slot] !== 0 && !this.#holds(slot, words)) slot = (slot + 1) % this.#capacity;
    return slot;
  }

  #holds(slot: number, words: readonly number[]): boolean {
    const at = slot * WORDS;
    return words.every((word, index) => this.#keys[at + index] === word);
  }

  #grow(): void {
    const keys = this.#keys;
    const counts = this.#counts;
    this.#capacity = Math.ceil(this.#capacity * 1.25);
    this.#keys = new Uint32Array(this.#capacity * WORDS);
    this.#counts = new Uint32Array(this.#capacity);
    counts.forEach((count, from) => {
      if (count === 0) return;
      const [a = 0, b = 0, c = 0, d = 0] = keys.subarray(from * WORDS, (from + 1) * WORDS);
      const slot = this.#slot([a, b, c, d]);
      this.#keys.set([a, b, c, d], slot * WORDS);
      this.#counts[slot] = count;
    });
  }
}
