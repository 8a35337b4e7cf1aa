import { sendOutcomes } from "@email-agent/shared/domain/delivery/stalledSend.ts";
import { type DueNotice, dueNotices, endKey } from "@email-agent/shared/domain/notices/noticeCases.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { heartbeatWatch } from "@email-agent/shared/run/heartbeatWatch.ts";
import type { Order } from "../../api/orders.ts";

export interface OrderNotice extends DueNotice {
  readonly order: Order;
}

/** Background tabs run their timers once a minute. */
const longestGapMilliseconds = 3 * 60_000;

/**
 * The notices that orders call for and did not call for before: the first look returns none, for what it finds happened before
 * the page opened. `isLook`: a look at a fixed interval, by which time is measured.
 */
export function noticeFeed(clock: Pick<Clock, "now" | "monotonic">) {
  const watch = heartbeatWatch(clock, longestGapMilliseconds);
  const known = new Map<string, number>();
  let silent: ReadonlyMap<string, number> = new Map();
  let isFirst = true;
  return (orders: readonly Order[], isLook: boolean): OrderNotice[] => {
    const now = clock.now();
    if (isLook) {
      const outcomes = orders.flatMap((order) => {
        const reached = sendOutcomes(order, now);
        return reached === undefined ? [] : [[order.id, reached] as const];
      });
      silent = watch.look(outcomes);
    }
    const news = orders.flatMap((order) => {
      const seen = { now, silentMilliseconds: silent.get(order.id) ?? 0, namedInDoubt: known.get(endKey(order)) };
      return dueNotices(order, seen).flatMap((notice) => (known.has(notice.key) ? [] : [{ ...notice, order }]));
    });
    for (const { key, facts } of news) known.set(key, facts.inDoubt);
    const isNews = !isFirst;
    isFirst = false;
    return isNews ? news : [];
  };
}
