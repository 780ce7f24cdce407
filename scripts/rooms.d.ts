export const ROOMS: readonly { room: string; holds: string; only?: readonly string[] }[];
