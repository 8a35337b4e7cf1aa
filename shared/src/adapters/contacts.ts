import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { contactSchema, type Participant, readContact } from "../domain/recipients/participant.ts";
import type { Aws } from "./aws.ts";
import { inParallel } from "./queryPages.ts";

/** What is needed of a participant to find them, and to know whether they get mail at all. */
export type Contact = Pick<
  Participant,
  "id" | "first" | "last" | "email" | "unsubscribe" | "unsubscribedAt" | "suppression"
>;

/** A small part of every record in Participants, read quickly. */
export interface Contacts {
  /** Everyone, page by page, by a parallel scan. Eventually consistent: half the price. Throws `signal.reason` when aborted. */
  pages(signal: AbortSignal): AsyncIterable<Contact[]>;
  /** About how many there are: DynamoDB counts its tables every six hours. */
  roughCount(): Promise<number>;
}

const segments = 4;
/** Small enough that a page holds the event loop for some milliseconds only. */
const pageItems = 500;
const attributes = Object.keys(contactSchema.shape);

export function contacts(aws: Aws, config: { PARTICIPANTS_TABLE: string }): Contacts {
  const table = config.PARTICIPANTS_TABLE;
  const segmentPages = async function* (segment: number, signal: AbortSignal) {
    let after: Record<string, unknown> | undefined;
    do {
      signal.throwIfAborted();
      const { Items = [], LastEvaluatedKey } = await aws.dynamo.send(
        new ScanCommand({
          TableName: table,
          Segment: segment,
          TotalSegments: segments,
          Limit: pageItems,
          ExclusiveStartKey: after,
          ProjectionExpression: attributes.map((_, index) => `#a${index}`).join(", "),
          ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#a${index}`, name])),
        }),
      );
      signal.throwIfAborted();
      if (Items.length > 0) yield Items.map(readContact);
      after = LastEvaluatedKey;
    } while (after !== undefined);
  };
  return {
    pages: (signal) =>
      inParallel(
        segments,
        Array.from({ length: segments }, (_, segment) => () => segmentPages(segment, signal)),
      ),
    async roughCount() {
      const { Table } = await aws.dynamo.send(new DescribeTableCommand({ TableName: table }));
      return Table?.ItemCount ?? 0;
    },
  };
}
