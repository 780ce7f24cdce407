/** What a record holds under a name that comes from outside: an empty one holds nothing, not even under `constructor`. */
export const own = <T>(record: Readonly<Partial<Record<string, T>>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
