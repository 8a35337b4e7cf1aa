import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Aws } from "../src/adapters/aws.ts";
import type { Delivery } from "../src/domain/delivery/delivery.ts";
import { shardKey } from "../src/domain/delivery/shards.ts";

const batchSize = 25;
const lanes = 8;

type KnownFields<Item> = { [Name in keyof Item as string extends Name ? never : Name]: Item[Name] };
/** A delivery without the fields that follow from its partition. */
export type DeliveryFields = Omit<KnownFields<Delivery>, "pk" | "attention">;

/** A delivery that was sent, unless the fields say otherwise. `attention` is filled in. */
export function aDelivery(fields: Partial<DeliveryFields> & { participantId: string }): DeliveryFields {
  const { participantId } = fields;
  return {
    status: "sent",
    runId: "run-1",
    claimId: `claim-${participantId}`,
    attempt: 1,
    contentHash: "a".repeat(64),
    workOrderId: "wo-01HZZZZZZZZZZZZZZZZZZZZZZZ",
    account: "office",
    language: "EN",
    name: "Ana García",
    email: `${participantId}@example.org`,
    messageId: `<${participantId}@example.org>`,
    sendingAt: "2026-03-01T08:00:00.000Z",
    endedAt: "2026-03-01T08:00:01.000Z",
    smtpCode: 250,
    smtpResponse: "250 2.0.0 OK",
    ...fields,
  };
}

/** Puts deliveries as if many runs had left them, thousands per second: no claims, no conditions. */
export async function putDeliveries(
  aws: Pick<Aws, "dynamo">,
  table: string,
  partition: string,
  deliveries: readonly DeliveryFields[],
): Promise<void> {
  const items = deliveries.map((delivery) => {
    const needsAttention = delivery.status === "failed" || delivery.status === "in-doubt";
    return {
      ...delivery,
      pk: shardKey(partition, delivery.participantId),
      ...(needsAttention && { attention: `${partition}#${delivery.status}` }),
    };
  });
  const starts = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, batch) => batch * batchSize);
  const lane = async () => {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      let open = items.slice(start, start + batchSize).map((Item) => ({ PutRequest: { Item } }));
      while (open.length > 0) {
        const { UnprocessedItems } = await aws.dynamo.send(new BatchWriteCommand({ RequestItems: { [table]: open } }));
        open = (UnprocessedItems?.[table] ?? []) as typeof open;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
