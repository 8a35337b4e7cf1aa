import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Aws } from "./aws.ts";

/** Ends the sessions of users of the Email Manager (Config `user`, field `sessionsValidAfter`). */
export interface UserSessions {
  /**
   * Ends every session of the user that was issued until `validAfter` (epoch seconds). A later end that is there already
   * stays; a user who is not there (any more) has no session.
   */
  end(userId: string, validAfter: number): Promise<void>;
}

export function userSessions(aws: Pick<Aws, "dynamo">, config: { CONFIG_TABLE: string }): UserSessions {
  return {
    async end(userId, validAfter) {
      try {
        await aws.dynamo.send(
          new UpdateCommand({
            TableName: config.CONFIG_TABLE,
            Key: { pk: "user", sk: userId },
            UpdateExpression: "SET sessionsValidAfter = :end",
            ConditionExpression:
              "attribute_exists(pk) AND (attribute_not_exists(sessionsValidAfter) OR sessionsValidAfter < :end)",
            ExpressionAttributeValues: { ":end": validAfter },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
