/** JSON that is text already, and need not be made again for a database, which takes text. */
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

  static of(rows: readonly string[]): RawRows {
    return new RawRows(`[${rows.join(",\n")}]`, rows.length);
  }

  get rows(): string[] {
    return this.length === 0 ? [] : this.text.slice(1, -1).split(",\n");
  }

  slice(start: number, end = this.length): RawRows {
    return start === 0 && end >= this.length ? this : RawRows.of(this.rows.slice(start, end));
  }
}
