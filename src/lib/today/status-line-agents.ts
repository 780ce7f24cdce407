/** The agents that hand their session to the command of a status line. */
export const STATUS_LINE_AGENTS = ["claude-code"] as const;
