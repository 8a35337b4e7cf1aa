import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";

/** What the page of a person needs of an order: far less than the order. */
export interface ListedOrder
  extends Pick<
    WorkOrder,
    "id" | "eventCode" | "subEvent" | "stage" | "revision" | "languages" | "mailingKeys" | "archived"
  > {
  readonly testRunId?: string;
}

/** All work orders, as they were read last: the next pages of a list do not read the whole table again. */
export interface RecentOrders {
  /** Newest first. `mayBeOld`: those of the last minute will do. */
  list(mayBeOld: boolean): Promise<readonly ListedOrder[]>;
}

const keptMilliseconds = 60_000;

export function recentOrders(
  orders: Pick<WorkOrderStore, "list">,
  onBadItem: (error: unknown) => void,
  now: () => number = () => performance.now(),
): RecentOrders {
  let known: { readonly orders: Promise<ListedOrder[]>; readonly at: number } | undefined;
  const read = async () => {
    const found: ListedOrder[] = [];
    for await (const order of orders.list(onBadItem)) found.push(listed(order));
    // Ids sort by the time they were made.
    return found.sort((one, other) => (one.id < other.id ? 1 : -1));
  };
  return {
    list(mayBeOld) {
      if (mayBeOld && known && now() - known.at < keptMilliseconds) return known.orders;
      const begun = { orders: read(), at: now() };
      known = begun;
      begun.orders.catch(() => {
        if (known === begun) known = undefined;
      });
      return begun.orders;
    },
  };
}

function listed({ id, eventCode, subEvent, stage, revision, languages, mailingKeys, archived, steps }: WorkOrder) {
  const { runId } = steps.Test;
  return {
    ...{ id, eventCode, subEvent, stage, revision, languages, mailingKeys, archived },
    ...(runId !== undefined && { testRunId: runId }),
  };
}
