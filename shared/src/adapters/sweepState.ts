import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { instantSchema } from "../domain/time.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";

/** What the retention has done with the lists of an order. */
const markSchema = z.looseObject({
  sk: z.string(),
  /** The version of the order then: nothing new was sent while it is the same. 0 for a deleted one. */
  version: z.int().min(0),
  /** When the oldest row that was kept ended; absent if none was. */
  oldestKept: instantSchema.optional(),
});
type RetentionMark = Pick<z.infer<typeof markSchema>, "version" | "oldestKept">;

/** What sweeps keep in Config between their rounds: who works (`pk` = `sweep`), and how far (`pk` = `retention`). */
export interface SweepState {
  /** True if `holder` may work until `until`: no other holder has it. Called again it renews. ISO times. */
  hold(name: string, holder: string, now: string, until: string): Promise<boolean>;
  /** Work order id → its mark. */
  retentionMarks(): Promise<Map<string, RetentionMark>>;
  putRetentionMark(workOrderId: string, mark: RetentionMark): Promise<void>;
}

export function sweepState(aws: Pick<Aws, "dynamo">, config: { CONFIG_TABLE: string }): SweepState {
  const table = config.CONFIG_TABLE;
  return {
    async hold(name, holder, now, until) {
      try {
        await aws.dynamo.send(
          new UpdateCommand({
            TableName: table,
            Key: { pk: "sweep", sk: name },
            UpdateExpression: "SET holder = :holder, heldUntil = :until",
            ConditionExpression: "attribute_not_exists(pk) OR holder = :holder OR heldUntil <= :now",
            ExpressionAttributeValues: { ":holder": holder, ":until": until, ":now": now },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    async retentionMarks() {
      const marks = new Map<string, RetentionMark>();
      const pages = queryPages(aws, {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :kind",
        ExpressionAttributeValues: { ":kind": "retention" },
      });
      for await (const page of pages)
        for (const item of page) {
          const mark = readItem(table, `retention/${item["sk"]}`, markSchema, item);
          marks.set(mark.sk, mark);
        }
      return marks;
    },
    async putRetentionMark(workOrderId, { version, oldestKept }) {
      const Item = { pk: "retention", sk: workOrderId, version, ...(oldestKept !== undefined && { oldestKept }) };
      await aws.dynamo.send(new PutCommand({ TableName: table, Item }));
    },
  };
}
