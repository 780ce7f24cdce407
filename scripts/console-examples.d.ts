/** The pages that people write, as paths in the project. */
export const pages: readonly string[];

/** The text of a page with what the program prints now. */
export const withOutputs: (name: string, text: string) => string;
