/** The sum of the counts that are known; null if none is. */
export const sumOfKnown = (...counts: (number | null)[]): number | null => {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
};
