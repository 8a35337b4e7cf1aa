import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { type Connection, connectionSchema } from "../domain/connection.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";

const ticketPrefix = "ticket#";

/** The open WebSocket connections, and the marks of used tickets beside them. */
export interface Connections {
  /** Marks a ticket as used until `expiresAt` (epoch seconds). True for its first use only. */
  useTicket(ticketId: string, expiresAt: number): Promise<boolean>;
  put(connection: Connection): Promise<void>;
  /** Deletes; a connection that is not there is fine. */
  remove(connectionId: string): Promise<void>;
  /**
   * Every connection that has not expired at `now` (epoch milliseconds), all pages, read consistently: one put
   * before the call is in it. An item that does not fit is reported to `onBadItem` and left out, so that one bad item does
   * not silence everybody.
   */
  list(now: number, onBadItem: (error: unknown) => void): Promise<Connection[]>;
}

export function connections(aws: Pick<Aws, "dynamo">, config: { CONNECTIONS_TABLE: string }): Connections {
  const TableName = config.CONNECTIONS_TABLE;
  return {
    async useTicket(ticketId, expiresAt) {
      try {
        const Item = { connectionId: `${ticketPrefix}${ticketId}`, expiresAt };
        await aws.dynamo.send(
          new PutCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(connectionId)" }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    async put(connection) {
      const Item = readItem(TableName, connection.connectionId, connectionSchema, connection);
      await aws.dynamo.send(new PutCommand({ TableName, Item }));
    },
    async remove(connectionId) {
      await aws.dynamo.send(new DeleteCommand({ TableName, Key: { connectionId } }));
    },
    async list(now, onBadItem) {
      const found: Connection[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await aws.dynamo.send(new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey }));
        for (const item of page.Items ?? []) {
          const key = String(item["connectionId"]);
          if (key.startsWith(ticketPrefix)) continue;
          try {
            const connection = readItem(TableName, key, connectionSchema, item);
            // TTL deletes late (hours, by AWS's own word), so the code checks expiry itself.
            if (connection.expiresAt * 1000 > now) found.push(connection);
          } catch (error) {
            onBadItem(error);
          }
        }
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return found;
    },
  };
}
