/**
 * One name for what the cost export calls `Claude Opus 5` and the usage export `claude-opus-5-20261001`:
 * `claude-opus-5`. Models before Claude 4 have their number first in either form: `claude-3-5-sonnet`.
 */
export const modelName = (text: string | null): string | null =>
  text
    ?.toLowerCase()
    .replace(/[ .]+/g, "-")
    .replace(/-\d{8}$/, "")
    .replace(/^claude-(opus|sonnet|haiku)-(3(?:-\d)?)$/, "claude-$2-$1") ?? null;
