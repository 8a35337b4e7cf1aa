import { setMaxListeners } from "node:events";

/** Attributes that travel with a message, as SQS names them. */
export type MessageAttributes = Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>;

/** The state of a message; `visibleAt` is the end of its visibility timeout. Times: epoch ms. It is in flight while it has a `handle` and `visibleAt` lies ahead. */
export interface Standing {
  visibleAt: number;
  receives: number;
  firstReceivedAt?: number;
  handle?: string;
}

export interface Message extends Standing {
  readonly id: string;
  readonly body: string;
  readonly attributes?: MessageAttributes;
  readonly sentAt: number;
  readonly group?: string;
  readonly dedupeId?: string;
  readonly sequence?: string;
}

/** The first message of a deduplication id. */
interface FirstSent {
  readonly id: string;
  readonly sequence: string;
  readonly at: number;
}

/** Attributes of a queue. Those that mean nothing here are kept and returned as they came. */
export type QueueAttributes = Record<string, string>;

/** A change worth keeping over a restart, in the order in which it happened. */
export type QueueChange =
  | { op: "queue"; queue: string; attributes: QueueAttributes }
  | { op: "drop"; queue: string }
  | { op: "add"; queue: string; message: Message }
  | { op: "move"; queue: string; id: string; to: Standing }
  | { op: "remove"; queue: string; id: string }
  | ({ op: "seen"; queue: string; dedupeId: string } & FirstSent);

/** What a queue needs from outside. */
export interface QueueSurroundings {
  /** Epoch ms. */
  now(): number;
  /** Called for every change. */
  record(change: QueueChange): void;
  queueByArn(arn: string): Queue | undefined;
}

/** One queue of SQS, standard or FIFO. The functions of queueMessages.ts are its behaviour. */
export interface Queue {
  readonly name: string;
  readonly attributes: QueueAttributes;
  readonly around: QueueSurroundings;
  /** In the order in which they were sent. */
  readonly messages: Map<string, Message>;
  readonly inFlight: Set<Message>;
  /** Deduplication ids of the last five minutes, oldest first. */
  readonly seen: Map<string, FirstSent>;
  /** Event `change`: something may be receivable that was not. */
  readonly events: EventTarget;
  lastSequence: number;
}

const defaultAttributes: QueueAttributes = {
  VisibilityTimeout: "30",
  DelaySeconds: "0",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  MaximumMessageSize: "262144",
};
const dedupeMilliseconds = 5 * 60_000;

export function makeQueue(name: string, attributes: QueueAttributes, around: QueueSurroundings): Queue {
  return {
    name,
    attributes: { ...defaultAttributes, ...attributes },
    around,
    messages: new Map(),
    inFlight: new Set(),
    seen: new Map(),
    events: manyListeners(),
    lastSequence: 0,
  };
}

export const isFifo = (queue: Queue) => queue.attributes["FifoQueue"] === "true";

export function wake(queue: Queue): void {
  queue.events.dispatchEvent(new Event("change"));
}

/** Puts a message at the end of the queue as it is. */
export function adopt(queue: Queue, message: Message): void {
  queue.messages.set(message.id, message);
  queue.around.record({ op: "add", queue: queue.name, message });
  wake(queue);
}

export function remove(queue: Queue, message: Message): void {
  queue.messages.delete(message.id);
  queue.inFlight.delete(message);
  queue.around.record({ op: "remove", queue: queue.name, id: message.id });
}

export function move(queue: Queue, message: Message, to: Standing): void {
  Object.assign(message, to);
  if (message.handle && message.visibleAt > queue.around.now()) queue.inFlight.add(message);
  else queue.inFlight.delete(message);
  queue.around.record({ op: "move", queue: queue.name, id: message.id, to });
}

/** Brings the queue up to now: visibility that ran out, deduplication ids and messages that are too old. */
export function settle(queue: Queue): void {
  const at = queue.around.now();
  for (const message of queue.inFlight) if (message.visibleAt <= at) queue.inFlight.delete(message);
  for (const [dedupeId, first] of queue.seen) {
    if (at - first.at < dedupeMilliseconds) break;
    queue.seen.delete(dedupeId);
  }
  const oldest = at - Number(queue.attributes["MessageRetentionPeriod"]) * 1000;
  for (const message of queue.messages.values()) {
    if (message.sentAt > oldest) break;
    remove(queue, message);
  }
}

/** Every long poll on the queue listens; ten of them are no leak. */
function manyListeners(): EventTarget {
  const target = new EventTarget();
  setMaxListeners(0, target);
  return target;
}
