import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, type PutCommandInput } from "@aws-sdk/lib-dynamodb";
import { type AuditLine, auditLineSchema } from "../domain/lifecycle/auditLines.ts";
import { type AuditPage, auditPage, editsSince } from "./auditPage.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";
import { executeStatements, type WriteStatement } from "./statementBatches.ts";

export type { AuditLine } from "../domain/lifecycle/auditLines.ts";

export interface Audit {
  has(workOrderId: string, sk: string): Promise<boolean>;
  /** One line. Consistent read. */
  line(workOrderId: string, sk: string): Promise<AuditLine | undefined>;
  /** Put if absent; true if this call put it. */
  put(line: AuditLine): Promise<boolean>;
  /** Puts each line that is absent, in batches. No two may have one key. */
  putMany(lines: readonly AuditLine[]): Promise<void>;
  /** Blanks the reasons in what users did under this id, and changes nothing else: for a person who is forgotten. */
  withoutReasons(workOrderId: string): Promise<void>;
  /** The lines of one order, or those of one kind (`C`, `E`, `U`), by sort key, all pages. Consistent read. */
  lines(workOrderId: string, kind?: "C" | "E" | "U"): AsyncIterable<AuditLine>;
  /** Up to `limit` lines of one order, newest first, all kinds; `after`: `next` of the page before. Consistent read. */
  page(
    workOrderId: string,
    options: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<AuditPage>;
  /** What users did to an order after an instant (edits, archiving, resolutions), oldest first. Consistent read. */
  editsSince(workOrderId: string, after: string): Promise<AuditLine[]>;
}

export function audit(aws: Aws, config: { AUDIT_TABLE: string }): Audit {
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
    async line(workOrderId, sk) {
      const Key = { workOrderId, sk };
      const read = new GetCommand({ TableName: config.AUDIT_TABLE, Key, ConsistentRead: true });
      const { Item } = await aws.dynamo.send(read);
      return Item && readItem(config.AUDIT_TABLE, `${workOrderId} ${sk}`, auditLineSchema, Item);
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
    async putMany(lines) {
      await executeStatements(
        aws,
        lines.map((line) => insertLine(config.AUDIT_TABLE, line)),
      );
    },
    page: (workOrderId, options) => auditPage(aws, config.AUDIT_TABLE, workOrderId, options),
    editsSince: (workOrderId, after) => editsSince(aws, config.AUDIT_TABLE, workOrderId, after),
    async withoutReasons(workOrderId) {
      for await (const line of this.lines(workOrderId, "U")) {
        if (!line.data?.["reason"]) continue;
        const blank = { ...line, data: { ...line.data, reason: "" } };
        await aws.dynamo.send(new PutCommand(auditReplacement(config.AUDIT_TABLE, blank)));
      }
    },
    async *lines(workOrderId, kind) {
      const pages = queryPages(aws, {
        TableName: config.AUDIT_TABLE,
        ConsistentRead: true,
        KeyConditionExpression: kind ? "workOrderId = :id AND begins_with(sk, :kind)" : "workOrderId = :id",
        ExpressionAttributeValues: { ":id": workOrderId, ...(kind && { ":kind": `${kind}#` }) },
      });
      for await (const page of pages)
        for (const item of page)
          yield readItem(config.AUDIT_TABLE, `${workOrderId} ${item["sk"]}`, auditLineSchema, item);
    },
  };
}

function insertLine(table: string, line: AuditLine): WriteStatement {
  const fields = Object.entries(auditReplacement(table, line).Item ?? {}).filter(([, value]) => value !== undefined);
  return {
    text: `INSERT INTO "${table}" VALUE {${fields.map(([name]) => `'${name}': ?`).join(", ")}}`,
    parameters: fields.map(([, value]) => value),
  };
}

/** The put of a line, also as part of a transaction. */
export function auditPut(table: string, line: AuditLine): PutCommandInput & { TableName: string } {
  return { ...auditReplacement(table, line), ConditionExpression: "attribute_not_exists(sk)" };
}

/** Replaces a line: the end of a run whose numbers were settled after it. */
export function auditReplacement(table: string, line: AuditLine): PutCommandInput & { TableName: string } {
  return { TableName: table, Item: readItem(table, `${line.workOrderId} ${line.sk}`, auditLineSchema, line) };
}
