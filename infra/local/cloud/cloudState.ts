import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { makeQueue, type Queue, type QueueAttributes } from "./queue.ts";
import {
  type Change,
  type Journal,
  openJournal,
  queueSnapshot,
  replayChange,
  type Subscription,
} from "./queueJournal.ts";

/** The queues, topics and subscriptions of one stand-in. */
export interface CloudState {
  readonly clock: Clock;
  readonly queues: Map<string, Queue>;
  readonly topics: Set<string>;
  readonly subscriptions: Map<string, Subscription>;
  createQueue(name: string, attributes: QueueAttributes): Queue;
  dropQueue(queue: Queue): void;
  createTopic(arn: string): void;
  subscribe(subscription: Subscription): void;
  unsubscribe(arn: string): void;
  record(change: Change): void;
  close(): void;
}

const account = "000000000000";
const region = "us-east-1";
export const queueArn = (name: string) => `arn:aws:sqs:${region}:${account}:${name}`;
export const topicArn = (name: string) => `arn:aws:sns:${region}:${account}:${name}`;
export const queuePath = (name: string) => `/${account}/${name}`;

/** Opens the state; with a folder it is read from there and every change is kept there. */
export function openCloudState(clock: Clock, folder: string | undefined): CloudState {
  const queues = new Map<string, Queue>();
  const topics = new Set<string>();
  const subscriptions = new Map<string, Subscription>();
  let journal: Journal | undefined;
  const record = (change: Change) => journal?.record(change);
  const queueByArn = (arn: string) => queues.get(arn.slice(arn.lastIndexOf(":") + 1));
  const addQueue = (name: string, attributes: QueueAttributes) => {
    const queue = makeQueue(name, attributes, { now: () => clock.now(), record, queueByArn });
    queues.set(name, queue);
    return queue;
  };

  const replay = (change: Change) => {
    if (change.op === "topic") topics.add(change.arn);
    else if (change.op === "subscribe") subscriptions.set(change.arn, change);
    else if (change.op === "unsubscribe") subscriptions.delete(change.arn);
    else if (change.op === "drop") queues.delete(change.queue);
    else if (change.op === "queue" && !queues.has(change.queue)) addQueue(change.queue, change.attributes);
    else replayChange(queues.get(change.queue) as Queue, change);
  };
  function* snapshot(): Iterable<Change> {
    for (const queue of queues.values()) yield* queueSnapshot(queue);
    for (const arn of topics) yield { op: "topic", arn };
    for (const subscription of subscriptions.values()) yield { ...subscription, op: "subscribe" };
  }
  if (folder) journal = openJournal(folder, replay, snapshot);

  return {
    clock,
    queues,
    topics,
    subscriptions,
    record,
    createQueue(name, attributes) {
      const queue = addQueue(name, attributes);
      record({ op: "queue", queue: name, attributes: queue.attributes });
      return queue;
    },
    dropQueue(queue) {
      queues.delete(queue.name);
      record({ op: "drop", queue: queue.name });
    },
    createTopic(arn) {
      topics.add(arn);
      record({ op: "topic", arn });
    },
    subscribe(subscription) {
      subscriptions.set(subscription.arn, subscription);
      record({ op: "subscribe", ...subscription });
    },
    unsubscribe(arn) {
      subscriptions.delete(arn);
      record({ op: "unsubscribe", arn });
    },
    close: () => journal?.close(),
  };
}
