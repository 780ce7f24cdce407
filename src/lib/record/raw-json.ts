/** JSON that is text already: where text goes to a database, it need not be made again. */
export class RawJson {
  constructor(readonly text: string) {}

  /** Used by JSON.stringify. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** A JSON array that is text already, an element a line: JSON that is made at once has no line breaks. */
export class RawRows extends RawJson {
  constructor(
    text: string,
    readonly length: number,
  ) {
    super(text);
  }

  /** @param rows the JSON of each element */
  static of(rows: readonly string[]): RawRows {
    return new RawRows(`[${rows.join(",\n")}]`, rows.length);
  }

  /** The JSON of each element. */
  get rows(): string[] {
    return this.length === 0 ? [] : this.text.slice(1, -1).split(",\n");
  }

  /** As that of an array. */
  slice(start: number, end = this.length): RawRows {
    return start === 0 && end >= this.length ? this : RawRows.of(this.rows.slice(start, end));
  }
}
