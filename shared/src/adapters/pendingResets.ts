import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { type ConfigKind, configKindNames } from "../domain/configuration/kinds.ts";
import { isStepName, type StepName } from "../domain/steps.ts";
import { instantSchema } from "../domain/time.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";
import type { TransactionParts } from "./transaction.ts";

/** A work order, and the steps whose results a change of the settings makes stale. */
export interface OrderReset {
  readonly id: string;
  readonly steps: readonly StepName[];
}

/**
 * Work orders that a change of the settings has still to set back: an item of Config, `pk` = `resets`, written in the
 * transaction of the change. A process that ends before it has set them back leaves it to the next one.
 */
const pendingSchema = z.looseObject({
  sk: z.string(),
  /** When the change was written: results of runs that began later know it. */
  at: instantSchema,
  /** A user id. */
  by: z.string(),
  kind: z.enum(configKindNames),
  key: z.string(),
  orders: z.array(z.object({ id: z.string(), steps: z.array(z.string()) })),
});

interface PendingReset {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly kind: ConfigKind;
  readonly key: string;
  readonly orders: readonly OrderReset[];
}

export interface PendingResets {
  /** The oldest first. Consistent. */
  pages(): AsyncIterable<PendingReset[]>;
  /** Everything of this item is set back. */
  done(id: string): Promise<void>;
  /** Everything of a change is set back: `id` as in the change, `orders` as many as it named. */
  changeDone(id: string, orders: number): Promise<void>;
}

const partition = "resets";
/** An item holds 400 KB; an order takes some 100 bytes. */
const ordersAtOnce = 1000;
const itemId = (id: string, from: number) => `${id}#${from / ordersAtOnce}`;

export function pendingResets(aws: Pick<Aws, "dynamo">, config: { CONFIG_TABLE: string }): PendingResets {
  const table = config.CONFIG_TABLE;
  const done = async (sk: string) => {
    await aws.dynamo.send(new DeleteCommand({ TableName: table, Key: { pk: partition, sk } }));
  };
  return {
    async *pages() {
      const pages = queryPages(aws, {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :resets",
        ExpressionAttributeValues: { ":resets": partition },
      });
      for await (const items of pages)
        yield items.map((item) => {
          const { sk, orders, ...rest } = readItem(table, `${partition}/${item["sk"]}`, pendingSchema, item);
          return { ...rest, id: sk, orders: orders.map(({ id, steps }) => ({ id, steps: steps.filter(isStepName) })) };
        });
    },
    done,
    async changeDone(id, orders) {
      for (let from = 0; from < orders; from += ordersAtOnce) await done(itemId(id, from));
    },
  };
}

/** The parts of the transaction of a change. */
export function pendingResetPuts(table: string, { id, orders, ...change }: PendingReset): TransactionParts {
  const starts = Array.from({ length: Math.ceil(orders.length / ordersAtOnce) }, (_, n) => n * ordersAtOnce);
  return starts.map((from) => ({
    Put: {
      TableName: table,
      Item: { pk: partition, sk: itemId(id, from), ...change, orders: orders.slice(from, from + ordersAtOnce) },
    },
  }));
}
