import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import type { Aws } from "@email-agent/shared/adapters/aws.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { type StatusEvent, statusEventSchema } from "@email-agent/shared/messages/statusEvent.ts";
import type { OrderThrottle } from "./throttleOrders.ts";

export interface ReceivePorts {
  readonly aws: Pick<Aws, "sqs">;
  readonly throttle: OrderThrottle;
  /** Sees every event once it is received, besides `throttle`. */
  readonly onEvent?: (event: StatusEvent) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const receivers = 2;
const perRequest = 10;
const waitSeconds = 20;
const congestedMilliseconds = 100;
const retryMilliseconds = 1000;
// Acknowledgements are batched for this long, so that ten go in one request.
const batchMilliseconds = 20;
// A message whose posts take longer than the visibility timeout is received again, and dead-lettered after five times.
const renewMilliseconds = 10_000;
const visibilitySeconds = 30;

/**
 * Reads the status queue until closed: events go to `throttle`, stay hidden (visibility timeout renewed) as long as it holds
 * them, and are deleted when it acknowledges them. A poison message is logged once and left to the queue, which moves it to
 * the dead-letter queue. Closing stops receiving and sends what waits.
 */
export function receiveEvents(config: { STATUS_QUEUE_URL: string }, ports: ReceivePorts): AsyncDisposable {
  const { aws, throttle, onEvent, clock, log } = ports;
  const QueueUrl = config.STATUS_QUEUE_URL;
  const ending = new AbortController();
  const done: string[] = [];
  const held = new Set<string>();
  const deletions = new Set<Promise<void>>();
  let batching: NodeJS.Timeout | undefined;

  async function receiveUntilEnding(): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        for (const message of await receive()) await take(message);
        while (throttle.congested) await clock.sleep(congestedMilliseconds, ending.signal);
      } catch (error) {
        if (ending.signal.aborted) return;
        log.warn({ error }, "the status queue cannot be read; trying again");
        await clock.sleep(retryMilliseconds, ending.signal).catch(() => {});
      }
    }
  }

  async function receive(): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: perRequest,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["ApproximateReceiveCount"],
    });
    return (await aws.sqs.send(command, { abortSignal: ending.signal })).Messages ?? [];
  }

  async function take(message: Message): Promise<void> {
    const ReceiptHandle = message.ReceiptHandle as string;
    const event = eventIn(message.Body ?? "");
    if ("problem" in event) {
      if (message.Attributes?.ApproximateReceiveCount === "1")
        log.error(
          { messageId: message.MessageId, problem: event.problem },
          "not a status event; it goes to the dead-letter queue",
        );
      // Received again at once, it reaches the dead-letter queue without waiting for the visibility timeout each time.
      await aws.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
      return;
    }
    onEvent?.(event.event);
    held.add(ReceiptHandle);
    throttle.offer(event.event, () => acknowledge(ReceiptHandle));
  }

  /** Renews the visibility timeout of what `throttle` still holds. */
  async function renewUntilEnding(): Promise<void> {
    while (!ending.signal.aborted) {
      const before = [...held];
      await clock.sleep(renewMilliseconds, ending.signal).catch(() => {});
      const late = ending.signal.aborted ? [] : before.filter((handle) => held.has(handle));
      for (let from = 0; from < late.length; from += perRequest) await renew(late.slice(from, from + perRequest));
    }
  }

  async function renew(handles: readonly string[]): Promise<void> {
    const Entries = handles.map((ReceiptHandle, index) => ({
      ...{ Id: String(index), ReceiptHandle, VisibilityTimeout: visibilitySeconds },
    }));
    try {
      await aws.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    } catch (error) {
      log.warn(
        { error },
        "the visibility timeout of events that wait for slow connections could not be renewed; another notifier may post them too",
      );
    }
  }

  function acknowledge(receiptHandle: string): void {
    held.delete(receiptHandle);
    done.push(receiptHandle);
    if (done.length >= perRequest) flush();
    else batching ??= setTimeout(flush, batchMilliseconds);
  }

  function flush(): void {
    clearTimeout(batching);
    batching = undefined;
    const work = deleteAll(done.splice(0)).finally(() => deletions.delete(work));
    deletions.add(work);
  }

  async function deleteAll(handles: readonly string[]): Promise<void> {
    for (let from = 0; from < handles.length; from += perRequest) {
      const some = handles.slice(from, from + perRequest);
      const Entries = some.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      try {
        await aws.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      } catch (error) {
        // It is received again, is older than what was sent, and is deleted then.
        log.warn({ error }, "broadcast events could not be deleted from the queue; they will be received again");
      }
    }
  }

  const loops = [...Array.from({ length: receivers }, receiveUntilEnding), renewUntilEnding()];
  return {
    async [Symbol.asyncDispose]() {
      ending.abort(new Error("ending"));
      await Promise.all(loops);
      await throttle.drain();
      flush();
      await Promise.all(deletions);
    },
  };
}

/** The event in a body, as SNS delivers it raw. */
function eventIn(body: string): { readonly event: StatusEvent } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { problem: "The body is not JSON." };
  }
  const parsed = statusEventSchema.safeParse(value);
  if (parsed.success) return { event: parsed.data };
  if (typeof value === "object" && value !== null && "TopicArn" in value && "Message" in value)
    return { problem: "The body is wrapped by SNS: switch raw message delivery on for the subscription." };
  const issue = parsed.error.issues[0];
  return { problem: `Field ${issue?.path.join(".") || "(body)"}: ${issue?.message}` };
}
