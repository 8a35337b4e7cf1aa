import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { type CommandQueue, commandQueue, commandsPerRequest } from "@email-agent/shared/adapters/commandQueue.ts";
import { type Log, openLog } from "@email-agent/shared/kit/log.ts";
import type { StepCommand } from "@email-agent/shared/messages/stepCommand.ts";
import { commandOf, type StreamRecord } from "./commandOf.ts";
import { lambdaConfig } from "./lambdaConfig.ts";

/** What Lambda gives for a DynamoDB stream. Only what is read here. */
export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

/** Sequence numbers of the records to be delivered again; Lambda goes on from the lowest. */
export interface StreamResult {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

export interface StreamRouterPorts {
  readonly queue: CommandQueue;
  readonly log: Log;
}

interface Routed {
  readonly sequenceNumber: string;
  readonly command: StepCommand;
}

/**
 * Turns every new user command of the WorkOrders table into one message on the FIFO queue, and forwards nothing else:
 * the writes of workers never change `command`, so there is no feedback loop. Failed records are reported one by one.
 * Once a command of an order failed, later ones of that order in the batch fail with it, or a stop could overtake its
 * start.
 */
export function makeStreamRouter({ queue, log }: StreamRouterPorts) {
  return async (event: StreamEvent): Promise<StreamResult> => {
    const failed: string[] = [];
    const blockedOrders = new Set<string>();
    const routed: Routed[] = [];
    for (const record of event.Records) {
      const found = commandOf(record);
      if (found === undefined) continue;
      if ("command" in found) {
        routed.push({ sequenceNumber: record.dynamodb.SequenceNumber, command: found.command });
        continue;
      }
      failed.push(record.dynamodb.SequenceNumber);
      const fields = { workOrderId: found.workOrderId, sequenceNumber: record.dynamodb.SequenceNumber };
      log.error(fields, `A command was not forwarded: ${found.problem}. Write a well-formed command on the order.`);
    }
    for (const request of requestsOf(routed)) {
      const open = request.filter(({ command }) => !blockedOrders.has(command.workOrderId));
      const refused = new Set(await send(open));
      for (const entry of request) {
        if (open.includes(entry) && !refused.has(entry)) continue;
        failed.push(entry.sequenceNumber);
        blockedOrders.add(entry.command.workOrderId);
      }
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

  async function send(entries: readonly Routed[]): Promise<readonly Routed[]> {
    if (entries.length === 0) return [];
    const commands = entries.map(({ command }) => ({ command, deduplicationId: command.commandId }));
    try {
      const refused = (await queue.send(commands)).map((position) => entries[position] as Routed);
      if (refused.length > 0) log.warn({ refused: refused.length }, "the queue refused commands; they are tried again");
      return refused;
    } catch (error) {
      log.warn({ error, commands: entries.length }, "the queue took no commands; they are tried again");
      return entries;
    }
  }
}

/** Splits into requests of at most 10 with one command per order each: within a request a refusal could not hold back the next. */
function requestsOf(routed: readonly Routed[]): Routed[][] {
  const requests: Routed[][] = [];
  let orders = new Set<string>();
  for (const entry of routed) {
    const current = requests.at(-1);
    if (!current || current.length === commandsPerRequest || orders.has(entry.command.workOrderId)) {
      requests.push([entry]);
      orders = new Set([entry.command.workOrderId]);
    } else {
      current.push(entry);
      orders.add(entry.command.workOrderId);
    }
  }
  return requests;
}

let wired: ReturnType<typeof makeStreamRouter> | undefined;

/** The AWS entry: wired from the environment at the first event of a container. */
export async function handler(event: StreamEvent): Promise<StreamResult> {
  wired ??= await wire();
  return wired(event);
}

async function wire() {
  const config = await lambdaConfig(["SQS_QUEUE_URL"]);
  const queue = commandQueue(openAws(config), config);
  return makeStreamRouter({ queue, log: openLog("stream-router", config.LOG_LEVEL) });
}
