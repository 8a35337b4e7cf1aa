import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Aws } from "../src/adapters/aws.ts";
import type { Participant } from "../src/domain/recipients/participant.ts";

/** Puts participants into their table. */
export async function putParticipants(
  aws: Aws,
  names: { PARTICIPANTS_TABLE: string },
  participants: readonly Participant[],
): Promise<void> {
  for (let at = 0; at < participants.length; at += 25) {
    const requests = participants.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }));
    await aws.dynamo.send(new BatchWriteCommand({ RequestItems: { [names.PARTICIPANTS_TABLE]: requests } }));
  }
}
