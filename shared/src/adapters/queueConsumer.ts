import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import { leaseTimes } from "../domain/lifecycle/leaseTimes.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import type { Log } from "../kit/log.ts";
import type { Aws } from "./aws.ts";

/**
 * What becomes of a message. `done`: deleted, its effect is durable. `later`: it stays hidden for the visibility time
 * and comes back. `dead`: it can never be handled; it is let go at once, so that the queue's redrive moves it to the
 * dead-letter queue in moments and its group waits for nothing.
 */
export type Handled = "done" | "later" | "dead";

export interface Received {
  readonly body: string;
  /** How often it was received, this time included. */
  readonly receives: number;
}

export interface ConsumerOptions {
  readonly queueUrl: string;
  /** Loops that each take one message at a time. With several messages per receive, one that waits would drag those behind it to the dead-letter queue. */
  readonly loops: number;
  readonly handle: (message: Received) => Promise<Handled>;
  /** Nothing is received while this rejects. */
  readonly isReady: () => Promise<unknown>;
  /** Aborts when nothing more is to be received. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock?: Clock;
  /** Visibility timeout: how long a message under way stays hidden; renewed at a third of it. */
  readonly visibilitySeconds?: number;
  /** Length of a long poll, and so of the wait for the last poll at the end. */
  readonly pollSeconds?: number;
}

/** The same as that of the queue (`infra/resources.ts`). */
const commandVisibilitySeconds = leaseTimes.commandVisibilityMilliseconds / 1000;

const notReadyMilliseconds = 1000;

/**
 * Consumes an SQS queue, a FIFO one in order per group. A message is never sent again to repeat it: it is held by its visibility.
 * Disposing waits for the messages under way. A poll under way is not cut off, for SQS may deliver its message to the dead
 * connection and hide it from everyone.
 */
export function queueConsumer(aws: Pick<Aws, "sqs">, options: ConsumerOptions): AsyncDisposable {
  const closing = new AbortController();
  const ending = AbortSignal.any([options.signal, closing.signal]);
  const outage = outageLog(options.log, options.queueUrl);
  const settings = {
    clock: systemClock,
    visibilitySeconds: commandVisibilitySeconds,
    pollSeconds: 3,
    ...options,
    ending,
    outage,
  };
  const loops = Array.from({ length: options.loops }, () => loop(aws, settings));
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.all(loops);
    },
  };
}

interface Outage {
  met(error: unknown): void;
  over(): void;
}
type Settings = Required<ConsumerOptions> & { readonly ending: AbortSignal; readonly outage: Outage };

/** All loops meet an outage, each second; one line is logged at its beginning and one at its end. */
function outageLog(log: Log, queueUrl: string): Outage {
  let reported = false;
  return {
    met(error) {
      if (!reported)
        log.warn({ error, queueUrl }, "not receiving: a dependency does not respond; trying again until it does");
      reported = true;
    },
    over() {
      if (reported) log.info({ queueUrl }, "receiving again");
      reported = false;
    },
  };
}

async function loop(aws: Pick<Aws, "sqs">, settings: Settings): Promise<void> {
  const { ending, outage, clock } = settings;
  while (!ending.aborted) {
    try {
      await settings.isReady();
      const message = await receive(aws, settings);
      outage.over();
      if (!message) continue;
      if (ending.aborted) await show(aws, settings, message, 0);
      else await take(aws, settings, message);
    } catch (error) {
      outage.met(error);
      await clock.sleep(notReadyMilliseconds, ending).catch(() => undefined);
    }
  }
}

async function receive(aws: Pick<Aws, "sqs">, settings: Settings): Promise<Message | undefined> {
  const { Messages } = await aws.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: settings.queueUrl,
      MaxNumberOfMessages: 1,
      WaitTimeSeconds: settings.pollSeconds,
      VisibilityTimeout: settings.visibilitySeconds,
      MessageSystemAttributeNames: ["ApproximateReceiveCount"],
    }),
  );
  return Messages?.[0];
}

async function take(aws: Pick<Aws, "sqs">, settings: Settings, message: Message): Promise<void> {
  const receives = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
  const heartbeat = setInterval(
    () =>
      void show(aws, settings, message, settings.visibilitySeconds).catch((error) =>
        settings.log.warn(
          { error, messageId: message.MessageId },
          "the visibility timeout of a message could not be renewed",
        ),
      ),
    (settings.visibilitySeconds * 1000) / 3,
  );
  let handled: Handled;
  try {
    handled = await settings.handle({ body: message.Body ?? "", receives });
  } catch (error) {
    settings.log.warn({ error, messageId: message.MessageId, receives }, "a message was not handled; it comes back");
    handled = "later";
  } finally {
    clearInterval(heartbeat);
  }
  if (handled === "done") {
    await aws.sqs.send(new DeleteMessageCommand({ QueueUrl: settings.queueUrl, ReceiptHandle: message.ReceiptHandle }));
  } else if (handled === "dead" && receives < redriveCertainAfter) await show(aws, settings, message, 0);
}

/** A queue without redrive would deliver a poison message in a tight loop: after this many it waits like any other. */
const redriveCertainAfter = 10;

async function show(aws: Pick<Aws, "sqs">, settings: Settings, message: Message, seconds: number): Promise<void> {
  await aws.sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: settings.queueUrl,
      ReceiptHandle: message.ReceiptHandle,
      VisibilityTimeout: seconds,
    }),
  );
}
