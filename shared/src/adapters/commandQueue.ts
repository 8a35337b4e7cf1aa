import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { type StepCommand, stepCommandSchema } from "../messages/stepCommand.ts";
import type { Aws } from "./aws.ts";

/** A command on its way to ingest. */
export interface OutgoingCommand {
  readonly command: StepCommand;
  /** The command id; a resend uses `<commandId>-<n>`, or SQS would swallow it for 5 minutes. */
  readonly deduplicationId: string;
}

/** `work-order-queue.fifo`, sending side. */
export interface CommandQueue {
  /**
   * Sends at most 10 commands in one request, in order; group id is the work order. Returns the positions that were not
   * accepted; throws when the request as a whole failed.
   */
  send(commands: readonly OutgoingCommand[]): Promise<number[]>;
}

export const commandsPerRequest = 10;

export function commandQueue(aws: Pick<Aws, "sqs">, config: { SQS_QUEUE_URL: string }): CommandQueue {
  return {
    async send(commands) {
      const Entries = commands.map(({ command, deduplicationId }, position) => ({
        Id: String(position),
        MessageBody: JSON.stringify(stepCommandSchema.parse(command)),
        MessageGroupId: command.workOrderId,
        MessageDeduplicationId: deduplicationId,
      }));
      const response = await aws.sqs.send(new SendMessageBatchCommand({ QueueUrl: config.SQS_QUEUE_URL, Entries }));
      return (response.Failed ?? []).map((failed) => Number(failed.Id));
    },
  };
}
