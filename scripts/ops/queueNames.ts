import { GetQueueAttributesCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { type QueueShape, queues, tables } from "../../infra/resources.ts";
import type { Operation } from "./operation.ts";

/** A queue of SQS that is there. */
export interface FoundQueue {
  /** As `infra/resources.ts` calls it; a dead-letter queue has the name of its queue. */
  readonly key: string;
  readonly name: string;
  readonly url: string;
  readonly isDeadLetter: boolean;
  readonly shape: QueueShape;
  /** What it holds can be sent back to this queue. Absent: nothing reads it. */
  readonly sendsBackTo?: string;
}

/** Every queue of the product that is there, each followed by its dead-letter queue. */
export async function foundQueues(operation: Operation): Promise<FoundQueue[]> {
  const prefix = prefixOf(operation);
  const found: FoundQueue[] = [];
  for (const [key, shape] of Object.entries(queues) as [string, QueueShape][]) {
    const url = await urlOf(operation, prefix + shape.name);
    // A queue that no service reads holds what was given up.
    const isDeadLetter = shape.variable === undefined;
    if (url !== undefined) found.push({ key, name: prefix + shape.name, url, isDeadLetter, shape });
    const letters = shape.deadLetter && (await urlOf(operation, prefix + shape.deadLetter.name));
    if (!shape.deadLetter || letters === undefined || url === undefined) continue;
    found.push({
      key,
      name: prefix + shape.deadLetter.name,
      url: letters,
      isDeadLetter: true,
      shape,
      sendsBackTo: url,
    });
  }
  if (found.length === 0) throw new Error("No queue was found. Set SQS_QUEUE_URL to the URL of the queue of commands.");
  return found;
}

/** The prefix of all names of this installation, taken from the queue of commands, or else from the table of orders. */
function prefixOf({ places, tables: names }: Operation): string {
  const queue = places.commandQueueUrl?.split("/").at(-1) ?? "";
  if (queue.endsWith(queues.workOrders.name)) return queue.slice(0, -queues.workOrders.name.length);
  const { name } = tables.WORK_ORDERS_TABLE;
  return names.WORK_ORDERS_TABLE.endsWith(name) ? names.WORK_ORDERS_TABLE.slice(0, -name.length) : "";
}

async function urlOf({ aws }: Operation, QueueName: string): Promise<string | undefined> {
  try {
    return (await aws.sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
  } catch (error) {
    if (/QueueDoesNotExist|NonExistentQueue/.test((error as Error).name)) return undefined;
    throw error;
  }
}

/** The dead-letter queue by the name of its queue. Throws one sentence with the names if there is none. */
export async function deadLettersOf(operation: Operation, key: string): Promise<FoundQueue> {
  const all = (await foundQueues(operation)).filter(({ isDeadLetter }) => isDeadLetter);
  const found = all.find((queue) => queue.key === key);
  if (found) return found;
  throw new Error(`There are no dead letters of "${key}". There are: ${all.map((queue) => queue.key).join(", ")}.`);
}

/** How many messages can be received, are being worked on, and wait for their time. About: SQS counts now and then. */
export async function messagesIn({ aws }: Operation, { url }: Pick<FoundQueue, "url">) {
  const names = ["", "NotVisible", "Delayed"].map((rest) => `ApproximateNumberOfMessages${rest}` as const);
  const { Attributes = {} } = await aws.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: names as never }),
  );
  const [waiting, active, delayed] = names.map((name) => Number(Attributes[name as keyof typeof Attributes] ?? 0));
  return { waiting: waiting ?? 0, active: active ?? 0, delayed: delayed ?? 0 };
}
