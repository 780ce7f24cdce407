const WORDS = 4;

/**
 * Counts how often each 16-byte key was seen, in about 40 bytes a key: a map of a million strings would take more
 * memory than all else in an import.
 */
export class KeyCounts {
  #capacity = 1024;
  #size = 0;
  #keys = new Uint32Array(this.#capacity * WORDS);
  #counts = new Uint32Array(this.#capacity);

  /** @returns how often the key was counted before */
  add(key: Uint8Array): number {
    if (this.#size * 2 >= this.#capacity) this.#grow();
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    const words = [view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12)] as const;
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
  #slot(words: readonly [number, number, number, number]): number {
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
    this.#capacity *= 2;
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
