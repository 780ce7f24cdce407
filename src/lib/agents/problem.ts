/** Something in a log that could not be read. It tells no text of the log. */
export interface Problem {
  file: string;
  /** The first is 1. */
  line?: number;
  says: string;
}
