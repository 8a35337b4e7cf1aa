import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Queue, QueueChange } from "./queue.ts";

/** A topic's subscription: what is published to the topic is sent to the queue. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly queueArn: string;
  readonly raw: boolean;
}

/** Everything the journal keeps. */
export type Change =
  | QueueChange
  | { op: "topic"; arn: string }
  | ({ op: "subscribe" } & Subscription)
  | { op: "unsubscribe"; arn: string };

export interface Journal {
  record(change: Change): void;
  close(): void;
}

const rewriteAfterBytes = 16 * 1024 * 1024;

/**
 * An append-only file of changes, written synchronously, so that a killed process loses nothing. `replay` gets what the
 * file holds; `snapshot` yields the changes that lead to the present state: with it the file is rewritten at the start
 * and whenever it has grown too much.
 */
export function openJournal(
  folder: string,
  replay: (change: Change) => void,
  snapshot: () => Iterable<Change>,
): Journal {
  const path = join(folder, "queues.jsonl");
  if (existsSync(path)) readChanges(path).forEach(replay);
  let file = rewrite(path, snapshot());
  let bytes = 0;
  return {
    record(change) {
      bytes += writeSync(file, `${JSON.stringify(change)}\n`);
      if (bytes < rewriteAfterBytes) return;
      closeSync(file);
      file = rewrite(path, snapshot());
      bytes = 0;
    },
    close: () => closeSync(file),
  };
}

/** The changes of a journal. A last line without its end was cut off by the death of the writer and never happened. */
function readChanges(path: string): Change[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

function rewrite(path: string, changes: Iterable<Change>): number {
  writeFileSync(`${path}.new`, [...changes].map((change) => `${JSON.stringify(change)}\n`).join(""));
  renameSync(`${path}.new`, path);
  return openSync(path, "a");
}

/** Applies a recorded change to its queue, without recording it again. */
export function replayChange(queue: Queue, change: QueueChange): void {
  if (change.op === "queue") Object.assign(queue.attributes, change.attributes);
  if (change.op === "add") {
    const { id, dedupeId, sequence, sentAt, handle } = change.message;
    queue.messages.set(id, change.message);
    if (handle) queue.inFlight.add(change.message);
    if (dedupeId !== undefined && sequence) queue.seen.set(dedupeId, { id, sequence, at: sentAt });
    queue.lastSequence = Math.max(queue.lastSequence, Number(sequence ?? 0));
  }
  if (change.op === "seen") {
    const { dedupeId, id, sequence, at } = change;
    queue.seen.set(dedupeId, { id, sequence, at });
    queue.lastSequence = Math.max(queue.lastSequence, Number(sequence));
  }
  if (change.op === "move" || change.op === "remove") {
    const message = queue.messages.get(change.id);
    if (!message) return;
    queue.inFlight.delete(message);
    if (change.op === "remove") queue.messages.delete(change.id);
    else if (Object.assign(message, { handle: undefined }, change.to).handle) queue.inFlight.add(message);
  }
}

/** The changes that lead from nothing to the present state of a queue. */
export function* queueSnapshot(queue: Queue): Iterable<QueueChange> {
  yield { op: "queue", queue: queue.name, attributes: queue.attributes };
  for (const [dedupeId, first] of queue.seen) yield { op: "seen", queue: queue.name, dedupeId, ...first };
  for (const message of queue.messages.values()) yield { op: "add", queue: queue.name, message };
}
