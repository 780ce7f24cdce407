export const filled = <T>(fields: Record<string, T | null>): Record<string, T> => {
  const kept: Record<string, T> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== null && value !== undefined) kept[name] = value;
  }
  return kept;
};
