import type { z } from "zod";
import { deliverySchema, shardCount } from "../domain/delivery/delivery.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { itemsInOrder } from "./mergedPages.ts";

const rowSchema = deliverySchema.pick({
  pk: true,
  participantId: true,
  status: true,
  name: true,
  email: true,
  smtpResponse: true,
  smtpCode: true,
  runId: true,
  sendingAt: true,
  endedAt: true,
  bounced: true,
  complained: true,
});

/** A delivery as reports look at it; `partition`: its mailing key. */
export type ReportRow = z.infer<typeof rowSchema> & { readonly partition: string };

export interface DeliveriesAcross {
  /**
   * The deliveries of several mailings, all of one person one after the other. A person is in the same shard of every
   * mailing, so shard by shard a page or two of each mailing is in memory, whatever their number. Consistent.
   */
  byPerson(partitions: readonly string[], signal: AbortSignal): AsyncIterable<readonly ReportRow[]>;
}

const itemsAtOnce = 500;

export function deliveriesAcross(aws: Aws, table: string): DeliveriesAcross {
  const attributes = Object.keys(rowSchema.shape);
  return {
    async *byPerson(partitions, signal) {
      const perShard = Math.max(25, Math.min(itemsAtOnce, Math.floor(20_000 / Math.max(1, partitions.length))));
      for (let shard = 0; shard < shardCount; shard += 1) {
        const pks = partitions.map((partition) => `${partition}#${shard}`);
        if (pks.length === 0) return;
        for await (const { items } of itemsInOrder(aws, { table, pks, attributes }, { perShard, signal }))
          yield items.map((item) => rowOf(table, item));
      }
    },
  };
}

function rowOf(table: string, item: Record<string, unknown>): ReportRow {
  const known = Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null));
  const row = readItem(table, `${item["pk"]}/${item["participantId"]}`, rowSchema, known);
  return { ...row, partition: row.pk.slice(0, row.pk.lastIndexOf("#")) };
}
