import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, type PutCommandInput } from "@aws-sdk/lib-dynamodb";
import { type AuditLine, auditLineSchema } from "../domain/lifecycle/auditLines.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";

export type { AuditLine } from "../domain/lifecycle/auditLines.ts";

export interface Audit {
  has(workOrderId: string, sk: string): Promise<boolean>;
  /** Put if absent; true if this call put it. */
  put(line: AuditLine): Promise<boolean>;
}

export function audit(aws: Pick<Aws, "dynamo">, config: { AUDIT_TABLE: string }): Audit {
  return {
    async has(workOrderId, sk) {
      const found = await aws.dynamo.send(
        new GetCommand({
          TableName: config.AUDIT_TABLE,
          Key: { workOrderId, sk },
          ConsistentRead: true,
          ProjectionExpression: "sk",
        }),
      );
      return found.Item !== undefined;
    },
    async put(line) {
      try {
        await aws.dynamo.send(new PutCommand(auditPut(config.AUDIT_TABLE, line)));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

/** The put of a line, also as part of a transaction. */
export function auditPut(table: string, line: AuditLine): PutCommandInput & { TableName: string } {
  return {
    TableName: table,
    Item: readItem(table, `${line.workOrderId} ${line.sk}`, auditLineSchema, line),
    ConditionExpression: "attribute_not_exists(sk)",
  };
}
