import type { Order } from "../../api/orders.ts";
import { keepDetails } from "./keepDetails.ts";

/** The newest state of every order that was heard of. Whatever the order of arrival, an older one never shows. */
export interface OrderBook {
  get(id: string): Order | undefined;
  ids(): string[];
  all(): Order[];
  /** True if a state of this version would be news: neither held nor superseded by a deletion. */
  isNews(id: string, version: number): boolean;
  /** Takes a state over if it is newer, the findings it brings in any case. True if anything changed. */
  apply(order: Order): boolean;
  /** Forgets an order. With `version`, states up to it stay out for good; a forgotten one without may come back. */
  remove(id: string, version?: number): boolean;
}

export function orderBook(): OrderBook {
  const held = new Map<string, Order>();
  /** Id → the version with which it was deleted. */
  const deleted = new Map<string, number>();

  const isNews = (id: string, version: number) =>
    version > (held.get(id)?.version ?? 0) && version > (deleted.get(id) ?? 0);

  return {
    get: (id) => held.get(id),
    ids: () => [...held.keys()],
    all: () => [...held.values()],
    isNews,
    apply(order) {
      const before = held.get(order.id);
      if (isNews(order.id, order.version)) held.set(order.id, before ? keepDetails(order, before) : order);
      else if (before) held.set(order.id, keepDetails(before, order));
      return held.get(order.id) !== before;
    },
    remove(id, version) {
      const before = held.get(id);
      if (version !== undefined) {
        // A deletion that was overtaken by a newer state is none: versions only grow.
        if (before && before.version > version) return false;
        deleted.set(id, Math.max(version, deleted.get(id) ?? 0));
      }
      return held.delete(id);
    },
  };
}
