import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { WorkOrder } from "../domain/workOrder.ts";
import type { Aws } from "./aws.ts";
import { readOrder } from "./orderItem.ts";
import { fitsSortKey } from "./sortKey.ts";
import { endedSends, type RunEntry, runEntries } from "./workOrderLists.ts";

/** Work orders for a process that only reads them. */
export interface OrderReads {
  /** Consistent read. Undefined if there is none; AppError `bad-item` naming table, key and field if it does not fit. */
  get(id: string): Promise<WorkOrder | undefined>;
  /** Entries of the index `byRunState`: hints that may lag. */
  runsIn(state: "working" | "sleeping" | "scheduled" | "settling"): AsyncIterable<RunEntry>;
  /** Ids of orders whose Send ended at `since` (ISO) or later: it scans the table, so call it rarely. */
  endedSends(since: string): AsyncIterable<string>;
}

export function orderReads(aws: Pick<Aws, "dynamo">, config: { WORK_ORDERS_TABLE: string }): OrderReads {
  const table = config.WORK_ORDERS_TABLE;
  return {
    async get(id) {
      if (!fitsSortKey(id)) return undefined;
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }));
      return Item && readOrder(table, id, Item);
    },
    runsIn: (state) => runEntries(aws, table, state),
    endedSends: (since) => endedSends(aws, table, since),
  };
}
