/** An export that is JSON, and is read as the table that it stands for. */
export interface JsonExport {
  /** Whether a JSON value is one. */
  is: (value: unknown) => boolean;
  columns: readonly string[];
  /** @throws UserError for what it lacks, or what is wrong in it */
  rows: (value: unknown, place: JsonPlace) => (string | number | null)[][];
}

export interface JsonPlace {
  /** What messages call the file. */
  name: string;
  /** The coding agent that it is of, if it does not say so. */
  given: string | undefined;
}
