import type { Manager } from "../manager.ts";

/** The names Config has for these user ids; one it does not know (any more) keeps its id. */
export async function userNames(
  { configTable }: Pick<Manager, "configTable">,
  ids: Iterable<string | undefined>,
): Promise<(id: string) => string> {
  const distinct = [...new Set(ids)].filter((id) => id !== undefined);
  const users = await Promise.all(distinct.map((id) => configTable.user(id)));
  const names = new Map(distinct.map((id, index) => [id, users[index]?.name ?? id]));
  return (id) => names.get(id) ?? id;
}
