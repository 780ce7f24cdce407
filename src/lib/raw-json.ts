/** JSON that is text already: where text goes to a database, it need not be made again. */
export class RawJson {
  constructor(readonly text: string) {}

  /** For whoever makes JSON of what holds this. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}
