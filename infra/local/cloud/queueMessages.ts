import { randomUUID } from "node:crypto";
import {
  adopt,
  isFifo,
  type Message,
  type MessageAttributes,
  move,
  type Queue,
  remove,
  settle,
  wake,
} from "./queue.ts";

export interface NewMessage {
  readonly body: string;
  readonly attributes?: MessageAttributes;
  readonly group?: string;
  readonly dedupeId?: string;
  readonly delaySeconds?: number;
}

/** Takes a message in. FIFO: a duplicate within five minutes (deduplication id) returns the first one and is dropped. */
export function send(queue: Queue, message: NewMessage): { id: string; sequence?: string } {
  settle(queue);
  const first = message.dedupeId === undefined ? undefined : queue.seen.get(message.dedupeId);
  if (first) return first;
  const { delaySeconds = Number(queue.attributes["DelaySeconds"]), ...content } = message;
  const at = queue.around.now();
  const id = randomUUID();
  const stored: Message = { ...content, id, sentAt: at, visibleAt: at + delaySeconds * 1000, receives: 0 };
  if (!isFifo(queue)) {
    adopt(queue, stored);
    return { id };
  }
  queue.lastSequence += 1;
  const sequence = String(queue.lastSequence).padStart(20, "0");
  if (message.dedupeId !== undefined) queue.seen.set(message.dedupeId, { id, sequence, at });
  adopt(queue, { ...stored, sequence });
  return { id, sequence };
}

/**
 * Up to `max` messages, hidden for `visibilitySeconds`. FIFO: in order, only of groups of which nothing is in flight,
 * several of one group if it has them. A message received too often moves to the dead-letter queue instead.
 */
export function receive(
  queue: Queue,
  max: number,
  visibilitySeconds = Number(queue.attributes["VisibilityTimeout"]),
): Message[] {
  settle(queue);
  const at = queue.around.now();
  const heldGroups = new Set(isFifo(queue) ? [...queue.inFlight].map(({ group }) => group) : []);
  const received: Message[] = [];
  for (const message of queue.messages.values()) {
    if (received.length === max) break;
    if (heldGroups.has(message.group)) continue;
    if (message.visibleAt > at) {
      // A delayed message holds its group back, or the next one would overtake it.
      if (isFifo(queue)) heldGroups.add(message.group);
      continue;
    }
    if (movedToDeadLetters(queue, message)) continue;
    const receives = message.receives + 1;
    move(queue, message, {
      receives,
      firstReceivedAt: message.firstReceivedAt ?? at,
      visibleAt: at + visibilitySeconds * 1000,
      handle: `${message.id}.${receives}`,
    });
    received.push({ ...message });
  }
  return received;
}

function movedToDeadLetters(queue: Queue, message: Message): boolean {
  const policy = queue.attributes["RedrivePolicy"];
  if (!policy) return false;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy);
  const target = queue.around.queueByArn(deadLetterTargetArn);
  if (!target || message.receives < Number(maxReceiveCount)) return false;
  remove(queue, message);
  adopt(target, { ...message, handle: undefined });
  return true;
}

/** `stale`: the message was received again since, or it is gone. `late`: it was not, but its visibility timeout had expired. */
export type HandleResult = "done" | "stale" | "late";

function held(queue: Queue, handle: string): Message | undefined {
  const message = queue.messages.get(handle.slice(0, handle.lastIndexOf(".")));
  return message?.handle === handle ? message : undefined;
}

/** Deletes by handle. A late handle still deletes from a standard queue, not from a FIFO queue. */
export function deleteMessage(queue: Queue, handle: string): HandleResult {
  settle(queue);
  const message = held(queue, handle);
  if (!message) return "stale";
  if (isFifo(queue) && !queue.inFlight.has(message)) return "late";
  remove(queue, message);
  wake(queue);
  return "done";
}

/** Hides a message in flight for that long from now; 0 gives it back at once. */
export function changeVisibility(queue: Queue, handle: string, seconds: number): HandleResult {
  settle(queue);
  const message = held(queue, handle);
  if (!message) return "stale";
  if (!queue.inFlight.has(message)) return "late";
  const { receives, firstReceivedAt } = message;
  move(queue, message, { receives, firstReceivedAt, visibleAt: queue.around.now() + seconds * 1000, handle });
  wake(queue);
  return "done";
}

/** How many messages can be received, are in flight, and are sent with a delay that has not passed. */
export function countMessages(queue: Queue): { visible: number; inFlight: number; delayed: number } {
  settle(queue);
  const at = queue.around.now();
  const hidden = [...queue.messages.values()].filter(({ visibleAt }) => visibleAt > at).length;
  const inFlight = queue.inFlight.size;
  return { visible: queue.messages.size - hidden, inFlight, delayed: hidden - inFlight };
}

/** Epoch ms at which the next hidden message shows itself; Infinity if none is hidden. */
export function nextVisibleAt(queue: Queue): number {
  const at = queue.around.now();
  const hidden = [...queue.messages.values()].filter(({ visibleAt }) => visibleAt > at);
  return hidden.reduce((next, { visibleAt }) => Math.min(next, visibleAt), Number.POSITIVE_INFINITY);
}
