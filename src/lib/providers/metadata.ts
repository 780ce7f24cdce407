/** The fields that a row fills, for its metadata. */
export const filled = <T>(fields: Record<string, T | null>): Record<string, T> => {
  const kept: Record<string, T> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== null) kept[name] = value;
  return kept;
};
