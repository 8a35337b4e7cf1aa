import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { Manager } from "../manager.ts";

const cachedMilliseconds = 10_000;

interface Cached {
  readonly user: Promise<User | undefined>;
  /** When the read began, epoch milliseconds. */
  readonly readAt: number;
}

const caches = new WeakMap<Pick<ConfigTable, "user">, Map<string, Cached>>();

/**
 * What Config lets a user do, at most 10 s old; undefined if it does not know the user, or not any more. A failed read is
 * not remembered.
 */
export function userRights(
  { configTable, clock }: Pick<Manager, "configTable" | "clock">,
  userId: string,
): Promise<User | undefined> {
  const cache = caches.get(configTable) ?? new Map<string, Cached>();
  caches.set(configTable, cache);
  const known = cache.get(userId);
  const age = known ? clock.now() - known.readAt : Number.POSITIVE_INFINITY;
  if (known && age >= 0 && age < cachedMilliseconds) return known.user;
  const user = configTable.user(userId);
  const cached = { user, readAt: clock.now() };
  cache.set(userId, cached);
  user.catch(() => {
    if (cache.get(userId) === cached) cache.delete(userId);
  });
  return user;
}
