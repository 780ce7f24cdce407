/** Names of columns are compared trimmed, without case. */
export const fold = (name: string): string => name.trim().toLowerCase();
