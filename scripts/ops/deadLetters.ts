import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import type { Command } from "commander";
import { ulid } from "ulid";
import { mayChange, type Operation, refuse, sayJson } from "./operation.ts";
import { portsOf } from "./ports.ts";
import { changingCommand, command, group, run } from "./program.ts";
import { deadLettersOf, type FoundQueue, foundQueues } from "./queueNames.ts";
import { moment, progressBar, sayTable } from "./screen.ts";

interface Chosen {
  readonly all?: true;
}

export function addDeadLetterCommands(program: Command): void {
  const letters = group(program, "dead-letters", "Messages that were given up, and wait for a person.");
  command(
    letters,
    "show [queue]",
    "What lies in the dead-letter queues. Nothing is taken out.",
    "dead-letters show workOrders",
  ).action(run(show));
  changingCommand(
    letters,
    "redrive <queue> [ids...]",
    "Sends dead letters back to their queue, once the cause is repaired. A command counts once however often it comes.",
    "dead-letters redrive workOrders --all",
  )
    .option("--all", "all of the queue, in place of ids")
    .action(run((operation: Operation<Chosen>, key: string, ids: string[]) => empty(operation, key, ids, "redriven")));
  changingCommand(letters, "drop <queue> [ids...]", "Deletes dead letters.", "dead-letters drop status --all")
    .option("--all", "all of the queue, in place of ids")
    .action(run((operation: Operation<Chosen>, key: string, ids: string[]) => empty(operation, key, ids, "dropped")));
}

const hiddenSeconds = 60;
const mostShown = 1000;

/** Receives what the queue holds, gives it to `work`, and shows again what `work` has left: it says true for what it took out. */
async function withLetters(
  { aws, signal }: Operation,
  { url }: FoundQueue,
  work: (letter: Message) => Promise<boolean>,
): Promise<void> {
  const left: Message[] = [];
  try {
    for (let seen = 0; seen < mostShown && !signal.aborted; ) {
      const { Messages = [] } = await aws.sqs.send(
        new ReceiveMessageCommand({
          ...{ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: hiddenSeconds },
          MessageSystemAttributeNames: ["All"],
          MessageAttributeNames: ["All"],
        }),
      );
      if (Messages.length === 0) return;
      seen += Messages.length;
      for (const letter of Messages) if (!(await work(letter))) left.push(letter);
    }
  } finally {
    for (const { ReceiptHandle } of left)
      await aws.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));
  }
}

interface Letter {
  readonly queue: string;
  readonly id: string;
  readonly sentAt: string;
  readonly receives: number;
  readonly group?: string;
  readonly body: string;
}

function letterOf({ key }: FoundQueue, { MessageId = "", Attributes = {}, Body = "" }: Message): Letter {
  const { SentTimestamp, ApproximateReceiveCount, MessageGroupId } = Attributes;
  return {
    ...{ queue: key, id: MessageId, body: masked(Body), receives: Number(ApproximateReceiveCount) },
    sentAt: new Date(Number(SentTimestamp)).toISOString(),
    ...(MessageGroupId !== undefined && { group: MessageGroupId }),
  };
}

function masked(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), (_, value) => (typeof value === "string" ? maskAddresses(value) : value));
  } catch {
    // A poison message may be any text.
    return maskAddresses(body);
  }
}

async function show(operation: Operation, key?: string): Promise<boolean> {
  const queues =
    key === undefined
      ? (await foundQueues(operation)).filter(({ isDeadLetter }) => isDeadLetter)
      : [await deadLettersOf(operation, key)];
  const letters: Letter[] = [];
  for (const queue of queues)
    await withLetters(operation, queue, async (letter) => {
      letters.push(letterOf(queue, letter));
      return false;
    });
  sayTable(
    operation,
    letters,
    {
      Queue: ({ queue }) => queue,
      ID: ({ id }) => id,
      Sent: ({ sentAt }) => moment(sentAt),
      Group: ({ group: of }) => of,
      Body: ({ body }) => (body.length > 200 ? `${body.slice(0, 200)}…` : body),
    },
    "There are no dead letters.",
  );
  return true;
}

async function empty(
  operation: Operation<Chosen>,
  key: string,
  ids: readonly string[],
  change: "redriven" | "dropped",
): Promise<boolean> {
  const { options, say, complain } = operation;
  if (ids.length > 0 === (options.all === true)) throw new Error("Name the ids of messages, or say --all.");
  const queue = await deadLettersOf(operation, key);
  if (change === "redriven" && queue.sendsBackTo === undefined)
    return refuse(
      operation,
      `What lies in ${queue.name} cannot be sent back: no service reads such messages. Drop it.`,
    );
  const which = options.all ? "all dead letters" : `${ids.length} dead letters`;
  const may = await mayChange(operation, `${change === "redriven" ? "Send back" : "Delete"} ${which} of ${key}?`);
  if (!may) return may === undefined;
  const done: string[] = [];
  using bar = progressBar(operation, change === "redriven" ? "Sending back" : "Deleting");
  await withLetters(operation, queue, async (letter) => {
    const id = letter.MessageId ?? "";
    if (!options.all && !ids.includes(id)) return false;
    // Sent before it is deleted: a crash between doubles it, and loses nothing.
    if (change === "redriven") await sendBack(operation, queue.sendsBackTo ?? "", letter);
    await operation.aws.sqs.send(
      new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: letter.ReceiptHandle }),
    );
    done.push(id);
    bar.at(done.length, done.length);
    return true;
  });
  await record(operation, queue, change, done.length);
  const missing = ids.filter((id) => !done.includes(id));
  for (const id of missing) complain(`Not there: ${id}.`);
  if (options.json) sayJson(operation, { queue: key, [change]: done, missing });
  else say(`${done.length} ${change === "redriven" ? "sent back" : "deleted"}.`);
  return missing.length === 0;
}

/** SQS swallows a deduplication id for five minutes after it was sent. */
const swallowedMilliseconds = 6 * 60_000;

/** Under its group and deduplication id, so that the order of an order's commands stays. */
async function sendBack({ aws }: Operation, QueueUrl: string, letter: Message): Promise<void> {
  const { MessageGroupId, MessageDeduplicationId, SentTimestamp } = letter.Attributes ?? {};
  const isFresh = Date.now() - Number(SentTimestamp) < swallowedMilliseconds;
  // Made from the message: if this is repeated after a crash, one of both is swallowed.
  const deduplicationId = isFresh ? `${letter.MessageId}-back` : MessageDeduplicationId;
  await aws.sqs.send(
    new SendMessageCommand({
      ...{ QueueUrl, MessageBody: letter.Body, MessageAttributes: letter.MessageAttributes },
      ...(MessageGroupId !== undefined && { MessageGroupId, MessageDeduplicationId: deduplicationId }),
    }),
  );
}

async function record(operation: Operation, { key }: FoundQueue, change: "redriven" | "dropped", messages: number) {
  if (messages === 0) return;
  const now = operation.aws.clock.now();
  const data = { queue: key, change, messages };
  const line = userLine({ workOrderId: "-", by: operation.by, what: "dead letters", data }, ulid(now), now);
  await portsOf(operation).audit.put(line);
}
