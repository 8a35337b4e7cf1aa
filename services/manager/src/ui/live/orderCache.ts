import type { Order } from "../../api/orders.ts";
import { keepDetails } from "./keepDetails.ts";

/** The newest known state of every order. Whatever the order of arrival, an older state never replaces a newer one. */
export interface OrderCache {
  get(id: string): Order | undefined;
  ids(): string[];
  all(): Order[];
  /** True if this version is newer than the one held, and not superseded by a deletion. */
  isNewer(id: string, version: number): boolean;
  /** Applies a state if it is newer, its findings in any case. True if anything changed. */
  apply(order: Order): boolean;
  /** Removes an order. With `version`, states up to it never return; without, a later read may bring it back. */
  remove(id: string, version?: number): boolean;
}

export function orderCache(): OrderCache {
  const held = new Map<string, Order>();
  /** Id → the version with which it was deleted. */
  const deleted = new Map<string, number>();

  const isNewer = (id: string, version: number) =>
    version > (held.get(id)?.version ?? 0) && version > (deleted.get(id) ?? 0);

  return {
    get: (id) => held.get(id),
    ids: () => [...held.keys()],
    all: () => [...held.values()],
    isNewer,
    apply(order) {
      const before = held.get(order.id);
      if (isNewer(order.id, order.version)) held.set(order.id, before ? keepDetails(order, before) : order);
      else if (before) held.set(order.id, keepDetails(before, order));
      return held.get(order.id) !== before;
    },
    remove(id, version) {
      const before = held.get(id);
      if (version !== undefined) {
        // Versions only grow: a deletion older than the state held is out of date.
        if (before && before.version > version) return false;
        deleted.set(id, Math.max(version, deleted.get(id) ?? 0));
      }
      return held.delete(id);
    },
  };
}
