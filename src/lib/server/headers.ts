/** What is asked of the headers of an answer. */
export type HeaderValues = Pick<Headers, "get" | "has">;

/**
 * The headers of a request or an answer, by their names in lower case; a value that comes again is added after a comma.
 * It takes the place of Node's `Headers` where a command starts with a request: those take longer to load than Node itself.
 */
export class PlainHeaders implements HeaderValues, Iterable<[string, string]> {
  readonly #values = new Map<string, string>();

  constructor(given: Iterable<[name: string, value: string]> | Readonly<Record<string, string>> = {}) {
    for (const [name, value] of Symbol.iterator in given ? given : Object.entries(given)) {
      const before = this.get(name);
      this.set(name, before === null ? value : `${before}, ${value}`);
    }
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), value);
  }

  forEach(work: (value: string, name: string) => void): void {
    this.#values.forEach(work);
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#values.entries();
  }
}
