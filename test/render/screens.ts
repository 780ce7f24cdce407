/** What renderers are tested with: plain text, as wide as a small and as a large terminal. */
export const NARROW = { width: 80, color: false };
export const WIDE = { width: 120, color: false };
