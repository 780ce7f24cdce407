import type { SqlRunner } from "./sql.js";

/** What is undefined is left out, as it is in JSON over HTTP. @param name with its schema: `public.get_preferences` */
export const callFunction = async <Result>(
  db: Pick<SqlRunner, "query">,
  name: string,
  args: object,
): Promise<Result> => {
  const given = Object.entries(args as Record<string, unknown>).filter(([, value]) => value !== undefined);
  const names = given.map(([key], index) => `"${key}" => $${index + 1}`);
  const { rows } = await db.query<{ result: Result }>(
    `select ${name}(${names.join(", ")}) as result`,
    given.map(([, value]) => value),
  );
  return (rows[0] as { result: Result }).result;
};
