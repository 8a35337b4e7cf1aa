import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { TestStack } from "../../../infra/local/testStack.ts";

/** Puts participants into the table of a stack. */
export async function putParticipants(stack: TestStack, participants: readonly Participant[]): Promise<void> {
  for (let at = 0; at < participants.length; at += 25) {
    const requests = participants.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }));
    await stack.aws.dynamo.send(
      new BatchWriteCommand({ RequestItems: { [stack.config.PARTICIPANTS_TABLE]: requests } }),
    );
  }
}
